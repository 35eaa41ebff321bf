import sys
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from glossary import lookup
from glossary.exchange.formats import FORMATS, Format

TELL_EVERY = 1024 * 1024  # bytes


class Command(BaseCommand):
    help = """Writes everything that is published in one of these formats, to a file or to standard output.

{formats}

A file appears under its name only once it is whole. Nothing that is not signed is in it.

  manage.py export_vocabulary --format csv --out words.csv
  manage.py export_vocabulary --format yaml > words.yaml
""".format(formats="\n".join(f"  {form.key:<16}{form.use}" for form in FORMATS.values()))

    def create_parser(self, *args: Any, **kwargs: Any) -> CommandParser:
        return super().create_parser(*args, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=FORMATS, default="json", help="one of those above (default: json)")
        parser.add_argument("--out", metavar="FILE", type=Path, help="where to; without it standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        form, path = FORMATS[options["format"]], options["out"]
        try:
            if path is None:
                self._write(form, sys.stdout.buffer)
            else:
                self._write_file(form, path)
        except OSError as error:
            raise CommandError(f"{path or 'The output'} cannot be written: {error.strerror}.") from error

    def _write_file(self, form: Format, path: Path) -> None:
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            unfinished = Path(file.name)
            try:
                size = self._write(form, file)
                unfinished.chmod(0o644)
                unfinished.replace(path)
            except BaseException:
                unfinished.unlink(missing_ok=True)
                raise
        self.stderr.write(f"{form.title}: {size:,} bytes in {path}")

    def _write(self, form: Format, file: IO[bytes]) -> int:
        size = 0
        for piece in lookup.exported(form, at=timezone.now()):
            file.write(piece)
            if (size + len(piece)) // TELL_EVERY > size // TELL_EVERY:
                self.stderr.write(f"{(size + len(piece)) // TELL_EVERY} MB …")
            size += len(piece)
        file.flush()
        return size
