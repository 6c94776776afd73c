"""For each rule of the checker a way to break it: takes a good document, gives one that breaks exactly that."""

import io
import re
from collections.abc import Callable
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String

from cms.certificates.pdf.conformance.reading import Element, Reading

Spoiler = Callable[[bytes], bytes]
AS_THEY_ARE: Any = {"compress_streams": False, "stream_decode_level": pikepdf.StreamDecodeLevel.none}


def edited(change: Callable[[pikepdf.Pdf], Any]) -> Spoiler:
    def spoil(data: bytes) -> bytes:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            change(pdf)
            out = io.BytesIO()
            pdf.save(out, static_id=True, fix_metadata_version=False, **AS_THEY_ARE)
        return out.getvalue()

    return spoil


def xmp(old: str, new: str) -> Spoiler:
    def change(pdf: pikepdf.Pdf) -> None:
        packet = pdf.Root.Metadata.read_bytes().decode()
        assert old in packet
        pdf.Root.Metadata.write(packet.replace(old, new).encode())

    return edited(change)


def content(old: bytes, new: bytes, count: int = 1) -> Spoiler:
    def change(pdf: pikepdf.Pdf) -> None:
        stream = pdf.pages[0].Contents
        painted = stream.read_bytes()
        assert re.search(old, painted)
        stream.write(re.sub(old, new, painted, count=count))

    return edited(change)


def on_element(tag: str, change: Callable[[Any], Any]) -> Spoiler:
    """Change the first structure element of a kind."""

    def spoil(pdf: pikepdf.Pdf) -> None:
        element = next(one for one in elements(pdf) if one.tag == tag)
        change(element.node)

    return edited(spoil)


def elements(pdf: pikepdf.Pdf) -> list[Element]:
    return Reading(b"", pdf).elements


def fonts(pdf: pikepdf.Pdf) -> list[Any]:
    return [thing for thing in pdf.objects if isinstance(thing, Dictionary) and thing.get("/Subtype") == "/Type0"]


def on_fonts(change: Callable[[pikepdf.Pdf, Any], Any]) -> Spoiler:
    return edited(lambda pdf: [change(pdf, font) for font in fonts(pdf)])


def set_key(target: Callable[[pikepdf.Pdf], Any], key: str, value: Any) -> Spoiler:
    def change(pdf: pikepdf.Pdf) -> None:
        target(pdf)[key] = value(pdf) if callable(value) else value

    return edited(change)


def delete(target: Callable[[pikepdf.Pdf], Any], key: str) -> Spoiler:
    def change(pdf: pikepdf.Pdf) -> None:
        del target(pdf)[key]

    return edited(change)


def root(pdf: pikepdf.Pdf) -> Any:
    return pdf.Root


def page(pdf: pikepdf.Pdf) -> Any:
    return pdf.pages[0].obj


def link(pdf: pikepdf.Pdf) -> Any:
    return next(one for sheet in pdf.pages for one in sheet.obj.get("/Annots", []) if one.Subtype == "/Link")


def image(pdf: pikepdf.Pdf) -> Any:
    return next(thing for thing in pdf.objects if isinstance(thing, Stream) and thing.get("/Subtype") == "/Image")


def form(pdf: pikepdf.Pdf) -> Any:
    return next(thing for thing in pdf.objects if isinstance(thing, Stream) and thing.get("/Subtype") == "/Form")


def embedded(pdf: pikepdf.Pdf) -> Any:
    return next(thing for thing in pdf.objects if isinstance(thing, Dictionary) and thing.get("/Type") == "/Filespec")


def some_stream(pdf: pikepdf.Pdf) -> Any:
    return pdf.pages[0].Contents


def state(pdf: pikepdf.Pdf) -> Any:
    states = pdf.pages[0].Resources.ExtGState
    return states[next(iter(states.keys()))]


def widget(**keys: Any) -> Callable[[pikepdf.Pdf], None]:
    def change(pdf: pikepdf.Pdf) -> None:
        field = Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T="x", TU="x", F=4, Rect=Array([0, 0, 0, 0])
        )
        for key, value in keys.items():
            field[f"/{key}"] = value
        one = pdf.make_indirect(field)
        pdf.pages[0].obj.Annots = Array([*pdf.pages[0].obj.get("/Annots", []), one])
        pdf.Root.AcroForm = Dictionary(Fields=Array([one]))

    return change


def other_metadata(key: str, value: Any) -> Spoiler:
    return set_key(lambda pdf: pdf.Root.Metadata, key, value)


def second_rdf(data: bytes) -> bytes:
    empty = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></rdf:RDF>'
    return xmp("</x:xmpmeta>", f"{empty}</x:xmpmeta>")(data)


def encrypted(data: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        out = io.BytesIO()
        pdf.save(out, encryption=pikepdf.Encryption(owner="x", user=""))
    return out.getvalue()


def _no_identifier(data: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        out = io.BytesIO()
        pdf.save(out, static_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    blanked, count = re.subn(rb"/ID ?\[[^\]]*\]", lambda found: b" " * len(found[0]), out.getvalue())
    assert count
    return blanked


def _signed_less(data: bytes) -> bytes:
    """A signature that leaves out the last bytes of the file."""
    signature = Dictionary(Type=Name.Sig, ByteRange=Array([0, 10, 20, 30]), Contents=String("x"))
    return edited(widget(V=signature))(data)


def _two_headings(pdf: pikepdf.Pdf) -> None:
    next(one for one in elements(pdf) if one.tag == "H2").node.S = Name.H1


def _loose_link(pdf: pikepdf.Pdf) -> None:
    element = next(one for one in elements(pdf) if one.tag == "Link").node
    element.K = Array([kid for kid in element.K if not isinstance(kid, Dictionary)])


def _twice(pdf: pikepdf.Pdf) -> None:
    spans = [one.node for one in elements(pdf) if one.tag == "Span" and len(one.node.K) == 1]
    spans[1].K = Array([spans[0].K[0]])
    spans[1].Pg = spans[0].Pg


def _no_headers(pdf: pikepdf.Pdf) -> None:
    for one in elements(pdf):
        if one.tag == "TH":
            del one.node["/ID"]


def _not_found_letter(pdf: pikepdf.Pdf, font: Any) -> None:
    stream = pdf.pages[0].Contents
    stream.write(re.sub(rb"\[<[0-9a-f]{4}", b"[<0000", stream.read_bytes(), count=1))


def _wrong_widths(pdf: pikepdf.Pdf, font: Any) -> None:
    font.DescendantFonts[0].W = Array([0, 5000, 123])


def _lzw(pdf: pikepdf.Pdf) -> None:
    stream = Stream(pdf, b"")
    stream.write(b"\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01", filter=Name.LZWDecode, type_check=False)
    pdf.Root.X = pdf.make_indirect(stream)


def _cmyk(data: bytes) -> bytes:
    return content(rb"\A", b"/Artifact BMC 0 0 0 1 k EMC\n")(data)


SPOILED: dict[str, Spoiler] = {
    "ISO 19005-2 6.1.2 header": lambda data: data.replace(b"%PDF-1.7", b"%PDF-2.0", 1),
    "ISO 19005-2 6.1.3 identifier": _no_identifier,
    "ISO 19005-2 6.1.3 end of file": lambda data: data + b"\nmore",
    "ISO 19005-2 6.1.3 encryption": encrypted,
    "ISO 19005-2 6.1.7.1 external streams": set_key(image, "/F", Dictionary(Type=Name.Filespec, F="x", UF="x")),
    "ISO 19005-2 6.1.7.2 filters": edited(_lzw),
    "ISO 19005-2 6.1.12 permissions": set_key(root, "/Perms", Dictionary(Other=Dictionary())),
    "ISO 19005-2 6.1.13 page sizes": set_key(page, "/MediaBox", Array([0, 0, 20000, 842])),
    "ISO 19005-2 6.9 optional content": set_key(root, "/OCProperties", Dictionary(D=Dictionary())),
    "ISO 19005-2 6.10 alternate presentations": set_key(page, "/PresSteps", Dictionary()),
    "ISO 19005-2 6.11 requirements": set_key(root, "/Requirements", Array([])),
    "ISO 14289-1 5 identification": xmp("<pdfuaid:part>1<", "<pdfuaid:part>2<"),
    "ISO 14289-1 7.1 title": edited(
        lambda pdf: pdf.Root.Metadata.write(
            re.sub(rb"<dc:title>.*?</dc:title>", b"", pdf.Root.Metadata.read_bytes(), flags=re.DOTALL)
        )
    ),
    "ISO 14289-1 7.1 title shown": delete(root, "/ViewerPreferences"),
    "ISO 14289-1 7.2 language": set_key(root, "/Lang", "svenska språket"),
    "ISO 14289-1 7.2 language of elements": on_element("P", lambda node: node.__setitem__("/Lang", "på svenska")),
    "ISO 19005-2 6.6.2.1 metadata stream": other_metadata("/Subtype", Name.Other),
    "ISO 19005-2 6.6.2.1 packet header": xmp('<?xpacket begin=""', '<?xpacket bytes="1" begin=""'),
    "ISO 19005-2 6.6.2.1 one description": second_rdf,
    "ISO 19005-2 6.6.2.3 extension schemas": xmp("http://www.aiim.org/pdfua/ns/id/</pdfaSchema", "x:y</pdfaSchema"),
    "ISO 19005-2 6.6.4 identification": xmp("<pdfaid:conformance>A", "<pdfaid:conformance>B"),
    "ISO 14289-1 7.1 tagged": set_key(root, "/MarkInfo", Dictionary(Marked=False)),
    "ISO 14289-1 7.1 suspects": set_key(root, "/MarkInfo", Dictionary(Marked=True, Suspects=True)),
    "ISO 14289-1 7.1 standard tags": on_element("Art", lambda node: node.__setitem__("/S", Name.Weekly)),
    "ISO 14289-1 7.1 content is marked": content(rb"\A", b"0 0 10 10 re f\n"),
    "ISO 14289-1 7.1 artifacts apart": content(
        rb"(/Span\s+<</MCID \d+>>)\s+BDC",
        rb"/Artifact BMC \1 BDC EMC EMC /Artifact BMC \1 BDC 0 0 1 1 re f EMC EMC \1 BDC",
    ),
    "ISO 14289-1 7.1 content hangs on tags": content(rb"<</MCID \d+>>", b"<</MCID 9999>>"),
    "ISO 14289-1 7.20 content used once": edited(_twice),
    "ISO 14289-1 7.3 alternative text": on_element("Figure", lambda node: node.__delitem__("/Alt")),
    "ISO 14289-1 7.3 bounding box": on_element("Figure", lambda node: node.__delitem__("/A")),
    "ISO 14289-1 7.4.2 order of headings": on_element("H2", lambda node: node.__setitem__("/S", Name.H4)),
    "ISO 14289-1 7.4.2 first heading": edited(_two_headings),
    "ISO 14289-1 7.5 table structure": on_element("TBody", lambda node: node.__setitem__("/S", Name.Sect)),
    "ISO 14289-1 7.5 table headers": edited(_no_headers),
    "ISO 14289-1 7.5 even rows": on_element(
        "TD", lambda node: node.__setitem__("/A", Dictionary(O=Name.Table, ColSpan=3))
    ),
    "ISO 14289-1 7.6 lists": on_element("LI", lambda node: node.__setitem__("/S", Name.P)),
    "ISO 19005-2 6.2.3 output intent": delete(root, "/OutputIntents"),
    "ISO 19005-2 6.2.4.3 colour": _cmyk,
    "ISO 19005-2 6.2.5 graphics states": set_key(state, "/TR", Name.Identity),
    "ISO 19005-2 6.2.8 images": set_key(image, "/Interpolate", True),
    "ISO 19005-2 6.2.9 forms": edited(
        lambda pdf: pdf.Root.__setitem__("/X", Stream(pdf, b"", Subtype=Name.Form, Ref=Dictionary()))
    ),
    "ISO 14289-1 7.21.3.1 composite fonts": on_fonts(lambda pdf, font: font.__setitem__("/Subtype", Name.TrueType)),
    "ISO 14289-1 7.21.3.2 character collections": on_fonts(
        lambda pdf, font: font.DescendantFonts[0].__delitem__("/CIDToGIDMap")
    ),
    "ISO 14289-1 7.21.3.3 encodings": on_fonts(
        lambda pdf, font: font.__setitem__("/Encoding", Name("/UniJIS-UTF16-H"))
    ),
    "ISO 14289-1 7.21.4.1 embedded fonts": on_fonts(
        lambda pdf, font: font.DescendantFonts[0].FontDescriptor.__delitem__("/FontFile2")
    ),
    "ISO 14289-1 7.21.5 widths": on_fonts(_wrong_widths),
    "ISO 14289-1 7.21.7 Unicode": on_fonts(lambda pdf, font: font.__delitem__("/ToUnicode")),
    "ISO 14289-1 7.21.8 missing glyphs": on_fonts(_not_found_letter),
    "ISO 14289-1 7.18.1 annotations hang on tags": edited(_loose_link),
    "ISO 14289-1 7.18.3 tab order": edited(lambda pdf: [sheet.obj.__delitem__("/Tabs") for sheet in pdf.pages]),
    "ISO 14289-1 7.18.5 links described": delete(link, "/Contents"),
    "ISO 19005-2 6.3.1 kinds of annotations": edited(widget(Subtype=Name.Movie)),
    "ISO 19005-2 6.3.2 flags of annotations": set_key(link, "/F", 2),
    "ISO 19005-2 6.3.3 appearances": edited(widget(Rect=Array([0, 0, 10, 10]))),
    "ISO 19005-2 6.4 form fields": edited(widget(TU="")),
    "ISO 19005-2 6.4.3 signatures": _signed_less,
    "ISO 19005-2 6.5.1 actions": set_key(link, "/A", Dictionary(Type=Name.Action, S=Name.Launch)),
    "ISO 19005-2 6.5.2 additional actions": set_key(page, "/AA", Dictionary()),
    "ISO 14289-1 7.11 names of embedded files": delete(embedded, "/UF"),
    "ISO 14289-1 7.11 descriptions of embedded files": delete(embedded, "/Desc"),
    "ISO 19005-2 6.8 embedded files": xmp("<pdfaid:part>3<", "<pdfaid:part>2<"),
    "ISO 19005-3 6.8 relationships": delete(root, "/AF"),
    "ISO 19005-3 6.8 media types": edited(lambda pdf: embedded(pdf).EF.F.__delitem__("/Subtype")),
}
