"""Excel workbooks and archives, written by hand.

Belongs here: the least of a workbook that Excel itself would open.
"""

import io
import zipfile
from xml.sax.saxutils import escape

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def archive(files):
    """A zip archive. files: content by name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return out.getvalue()


def workbook(*sheets, hidden=()):
    """A workbook. sheets: rows of cells (text, bool, or number); hidden: by number."""
    numbers = range(1, len(sheets) + 1)
    files = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1"'
        f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_SHEETS}" xmlns:r="{_OFFICE}"><sheets>'
        + "".join(
            f'<sheet name="Sheet{number}" sheetId="{number}" r:id="rId{number}"'
            + (' state="hidden"/>' if number in hidden else "/>")
            for number in numbers
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">'
        + "".join(
            f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet"'
            f' Target="worksheets/sheet{number}.xml"/>'
            for number in numbers
        )
        + "</Relationships>",
    }
    for number, rows in zip(numbers, sheets, strict=True):
        files[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{_SHEETS}"><sheetData>'
            + "".join(_row(place, cells) for place, cells in enumerate(rows, start=1))
            + "</sheetData></worksheet>"
        )
    return archive(files)


def _row(number, cells):
    return f'<row r="{number}">{"".join(map(_cell, cells, _places(number)))}</row>'


def _places(row):
    for column in range(26):
        yield f"{chr(ord('A') + column)}{row}"


def _cell(value, place):
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, float)):
        return f'<c r="{place}"><v>{value}</v></c>'
    text = f'<is><t xml:space="preserve">{escape(value)}</t></is>'
    return f'<c r="{place}" t="inlineStr">{text}</c>'
