"""Reads the words out of HTML; nothing of the markup survives."""

from __future__ import annotations

import re
from html.parser import HTMLParser

MOST_CHARACTERS = 400_000
_SILENT = frozenset({"script", "style", "head", "title", "template", "svg", "object", "noscript"})
_BLOCKS = frozenset(
    {"p", "div", "br", "li", "tr", "table", "ul", "ol", "blockquote", "pre", "hr", "section", "article",
     "h1", "h2", "h3", "h4", "h5", "h6"}
)  # fmt: skip
_VOID = frozenset(
    {"br", "hr", "img", "input", "meta", "link", "area", "base", "col", "embed", "source", "wbr"}
)
_QUOTES = re.compile(
    r"gmail_quote|gmail_signature|yahoo_quoted|moz-cite-prefix|netease-reply|ntes_", re.IGNORECASE
)


class _Words(HTMLParser):
    """Collects text; counts how deep it is within something that is not shown, or is quoted."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent: list[str] = []
        self._quoted: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._say("\n")
        if tag in _VOID:
            return
        about = " ".join(value or "" for name, value in attrs if name in ("class", "id", "type"))
        if self._silent or tag in _SILENT:
            self._silent.append(tag)
        elif self._quoted or tag == "blockquote" or _QUOTES.search(about):
            self._quoted.append(tag)

    def handle_endtag(self, tag: str) -> None:
        for open_tags in (self._silent, self._quoted):
            if tag in open_tags:
                # Tags that were never closed end with the one around them.
                while open_tags.pop() != tag:
                    pass
                return
        if tag in _BLOCKS:
            self._say("\n")

    def handle_data(self, data: str) -> None:
        self._say(re.sub(r"\s+", " ", data))

    def _say(self, text: str) -> None:
        if not self._silent:
            self.parts.append(f"\0{text}\0" if self._quoted else text)

    def words(self, *, with_quotes: bool) -> str:
        text = "".join(self.parts)
        text = text.replace("\0", "") if with_quotes else re.sub(r"\0[^\0]*\0", "", text)
        lines = [re.sub(r"[ \t\xa0\u200b]+", " ", line).strip() for line in text.split("\n")]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def html_words(html: str) -> str:
    """Return the words of a page or letter in HTML, line by line, without what it quotes.

    Where all is quoted, the quote is what was said. More than 400,000 characters of markup are not read.

    >>> html_words("<style>p{}</style><p>路灯&nbsp;不亮<br>三天了</p><blockquote>旧信</blockquote><script>x()</script>")
    '路灯 不亮\\n三天了'
    >>> html_words("<blockquote>旧信</blockquote>")
    '旧信'
    """
    parser = _Words()
    parser.feed(html[:MOST_CHARACTERS].replace("\0", ""))
    parser.close()
    return parser.words(with_quotes=False) or parser.words(with_quotes=True)
