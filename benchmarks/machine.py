"""Servers in processes of their own, and what they cost: CPU time and memory, read from /proc."""

import os
import platform
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Self

PATIENCE = 120.0  # seconds until a server that does not answer is given up
PROC = Path("/proc")


class Server:
    """One application under granian: one worker, one blocking thread, on a port of the loopback."""

    def __init__(self, application: str, environment: dict[str, str], log: Path) -> None:
        self.application = application
        self.environment = environment
        self.log = log
        self.port = _free_port()

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "granian", self.application, "--interface", "wsgi", "--host", "127.0.0.1"]
        command += ["--port", str(self.port), "--workers", "1", "--blocking-threads", "1", "--no-ws"]
        command += ["--log-level", "warning"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=os.environ | self.environment, stdout=log, stderr=log, start_new_session=True
            )
        return self

    def __exit__(self, *error: object) -> None:
        for sign in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is None:
                os.killpg(self.process.pid, sign)
                with suppress(subprocess.TimeoutExpired):
                    self.process.wait(timeout=10)

    def wait(self) -> None:
        """Until the port takes connections."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > until:
                    raise SystemExit(f"{self.application} did not start; its words are in {self.log}.") from None
                time.sleep(0.1)

    def processes(self) -> list[int]:
        """The parent and its worker."""
        return [self.process.pid, *children_of(self.process.pid)]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def cpu_seconds(processes: Iterable[int]) -> float:
    """CPU time so far of the processes that are there, all threads, to the nanosecond."""
    return sum(map(_nanoseconds, processes)) / 1e9


def _nanoseconds(pid: int) -> int:
    """0 for a process, or a thread of one, that has ended meanwhile."""
    with suppress(FileNotFoundError, ProcessLookupError):
        threads = (PROC / str(pid) / "task").iterdir()
        return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads)
    return 0


class Backends:
    """The processes that serve one database of PostgreSQL, those that have ended included."""

    def __init__(self, database: str, postmaster: int) -> None:
        self.database = database
        self.postmaster = postmaster

    def cpu_seconds(self) -> float:
        """CPU time so far. That of a process which has ended is handed to its parent, to a hundredth of a second."""
        return _of_ended_children(self.postmaster) + cpu_seconds(filter(self._serves, children_of(self.postmaster)))

    def _serves(self, pid: int) -> bool:
        with suppress(FileNotFoundError, ProcessLookupError):
            title = (PROC / str(pid) / "cmdline").read_text()
            return f" {self.database} " in title and "autovacuum" not in title
        return False


def parent_of(pid: int) -> int:
    return int(_stat(pid)[1])


def children_of(pid: int) -> list[int]:
    return [int(child) for child in (PROC / str(pid) / "task" / str(pid) / "children").read_text().split()]


def _stat(pid: int) -> list[str]:
    """What /proc/PID/stat says after the name of the program, from the state on."""
    return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()


def _of_ended_children(pid: int) -> float:
    in_user, in_kernel = _stat(pid)[13:15]
    return (int(in_user) + int(in_kernel)) / os.sysconf("SC_CLK_TCK")


class Memory(NamedTuple):
    """MiB of some processes: their own, and pages of files, such as a database that is mapped into them."""

    own: float
    files: float

    def __sub__(self, other: "Memory") -> "Memory":
        return Memory(self.own - other.own, self.files - other.files)


def memory(processes: Iterable[int]) -> Memory:
    """Memory of the processes, what they share counted once (PSS)."""
    told = [_rollup(pid) for pid in processes]
    return Memory(sum(each["Pss_Anon"] for each in told) / 1024, sum(each["Pss_File"] for each in told) / 1024)


def _rollup(pid: int) -> dict[str, int]:
    """Of /proc/PID/smaps_rollup the numbers, in KiB."""
    lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()[1:]
    return {line.split(":")[0]: int(line.split()[1]) for line in lines}


def description() -> str:
    """The machine in one line, as it stands above every table."""
    lines = (PROC / "cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown CPU")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    busy = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores ({model}), {memory} GiB, {platform.system()}, "
        f"Python {platform.python_version()}, load {busy:.1f} when it began"
    )
