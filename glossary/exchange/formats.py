"""Every format in which the vocabulary can be taken along: what it is for, what it is called, how it is written."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from glossary.exchange import as_json, as_versions, as_yaml, dbt, help_texts, sheet, skos
from glossary.exchange.source import Source


@dataclass(frozen=True)
class Format:
    """`key` is what it is asked for by, `use` who needs it for what, `ending` how the file is called."""

    key: str
    title: str
    use: str
    content_type: str
    ending: str
    write: Callable[[Source], Iterator[str] | Iterator[bytes]]

    @property
    def file_name(self) -> str:
        return f"accord-{self.ending}"


_CSV = "text/csv; charset=utf-8"

FORMATS = {
    format_.key: format_
    for format_ in (
        Format(
            "json",
            "JSON",
            "Everything about each word in force, as the API serves it, in one document.",
            "application/json",
            "vocabulary.json",
            as_json.document,
        ),
        Format(
            "jsonl",
            "JSON Lines",
            "A word in each line, for a warehouse or a pipeline that reads line by line.",
            "application/jsonl",
            "vocabulary.jsonl",
            as_json.lines,
        ),
        Format(
            "yaml",
            "YAML",
            "Everything about each word in force, to be read, compared, or kept in version control.",
            "application/yaml",
            "vocabulary.yaml",
            as_yaml.document,
        ),
        Format(
            "csv",
            "CSV",
            "A row for each word in force. Edit it and bring it back as suggestions.",
            _CSV,
            "vocabulary.csv",
            sheet.as_csv,
        ),
        Format(
            "xlsx",
            "Excel workbook",
            "A row for each word in force, for Excel, Numbers or Google Sheets. Nothing in it runs as a formula.",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "vocabulary.xlsx",
            sheet.as_xlsx,
        ),
        Format(
            "versions-csv",
            "Versions as CSV",
            "A row for each version, with valid_from and valid_to: joins a report to what a word meant on its day.",
            _CSV,
            "versions.csv",
            as_versions.as_csv,
        ),
        Format(
            "versions-jsonl",
            "Versions as JSON Lines",
            "A line for each version with these times, and all that it says.",
            "application/jsonl",
            "versions.jsonl",
            as_versions.as_lines,
        ),
        Format(
            "skos",
            "SKOS",
            "Turtle for a data catalogue, a taxonomy tool or a knowledge graph.",
            "text/turtle; charset=utf-8",
            "vocabulary.ttl",
            skos.turtle,
        ),
        Format(
            "dbt-docs",
            "dbt docs",
            "A docs block for each word. Put the file beside your models and write doc('accord_…').",
            "text/markdown; charset=utf-8",
            "dbt.md",
            dbt.docs,
        ),
        Format(
            "dbt-meta",
            "dbt properties",
            "The fields of each record type and the criteria over it, with the version and fingerprint they come from.",
            "application/yaml",
            "dbt.yml",
            dbt.properties,
        ),
        Format(
            "salesforce",
            "Help texts for Salesforce",
            "What each mapped field means, short enough for the help text that Salesforce shows beside it.",
            _CSV,
            "salesforce-help.csv",
            help_texts.for_salesforce,
        ),
        Format(
            "hubspot",
            "Descriptions for HubSpot",
            "What each mapped property means, for the description of the property.",
            _CSV,
            "hubspot-descriptions.csv",
            help_texts.for_hubspot,
        ),
    )
}
