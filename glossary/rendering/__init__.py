"""What is shown: Markdown as safe HTML, and a version as it is served."""

from glossary.rendering.markdown import RENDERER_VERSION, html, term_path

__all__ = ["RENDERER_VERSION", "html", "term_path"]
