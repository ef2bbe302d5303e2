"""Stripping: nothing that must not stay stays, what a picture needs stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safetyclient.domain.errors import BadInput
from safetyclient.domain.media import MediaType
from safetyclient.domain.orientation import minimal_exif, orientation_of
from safetyclient.domain.strip import Stripped, sniff, strip
from tests.domain import pictures as p

S = p.SECRET
PLAIN_WEBP = p.webp(p.VP8L)
LONG_LOOP = b"\x21\xff" + p.blocks(b"NETSCAPE2.0", b"\x01\x05\0", S)
CLEAN = [
    p.jpeg(),
    p.jpeg(p.ICC, p.ADOBE),
    p.jpeg(jfif=b""),
    p.png(),
    p.png(p.chunk(b"iCCP", b"icc\0\0abc"), p.chunk(b"pHYs", bytes(9))),
    p.gif(),
    p.gif(p.LOOP, frames=3),
    PLAIN_WEBP,
    p.webp(p.vp8x(0x20), p.riff(b"ICCP", b"abc"), p.VP8L),
]
XMP = b"http://ns.adobe.com/xap/1.0/\0"
DIRTY = [
    (p.jpeg(p.exif_segment(1)), "exif"),
    (p.jpeg(p.segment(0xE1, XMP + S)), "xmp"),
    (p.jpeg(p.segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + S)), "xmp"),
    (p.jpeg(p.segment(0xED, b"Photoshop 3.0\0" + S)), "iptc"),
    (p.jpeg(p.segment(0xFE, S)), "comment"),
    (p.jpeg(p.segment(0xE2, b"MPF\0" + S)), "thumbnail"),
    (p.jpeg(p.segment(0xE0, b"JFXX\0\x13" + S)), "thumbnail"),
    (p.jpeg(p.segment(0xE1, b"unknown" + S)), "other"),
    (p.jpeg(p.segment(0xEB, b"JP" + S)), "other"),
    (p.jpeg(p.segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01" + S)), "other"),
    (p.jpeg(after=p.jpeg(p.exif_segment(1))), "trailing"),
    (p.jpeg(jfif=p.segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\1\1" + S)), "thumbnail"),
    (p.png(p.chunk(b"tEXt", b"Author\0" + S)), "comment"),
    (p.png(p.chunk(b"zTXt", b"Author\0\0" + S)), "comment"),
    (p.png(late=p.chunk(b"iTXt", b"XML:com.adobe.xmp\0" + S)), "xmp"),
    (p.png(p.chunk(b"iTXt", b"Title\0" + S)), "comment"),
    (p.png(p.chunk(b"zTXt", b"Raw profile type exif\0\0" + S)), "exif"),
    (p.png(p.chunk(b"zTXt", b"Raw profile type APP1\0\0" + S)), "exif"),
    (p.png(p.chunk(b"zTXt", b"Raw profile type iptc\0\0" + S)), "iptc"),
    (p.png(p.chunk(b"zTXt", b"Raw profile type 8bim\0\0" + S)), "other"),
    (p.png(late=p.chunk(b"tIME", bytes(7))), "time"),
    (p.png(late=p.chunk(b"eXIf", p.tiff(1))), "exif"),
    (p.png(p.chunk(b"caBX", S)), "other"),
    (p.png(after=S), "trailing"),
    (p.gif(b"\x21\xfe" + p.blocks(S, S)), "comment"),
    (p.gif(b"\x21\x01" + p.blocks(bytes(12), S)), "comment"),
    (p.gif(b"\x21\xff" + p.blocks(b"XMP DataXMP", S)), "xmp"),
    (p.gif(b"\x21\xff" + p.blocks(b"MGKIPTC0000", S)), "other"),
    (p.gif(b"\x21\xff" + p.blocks(S)), "other"),
    (p.gif(b"\x21\xff" + p.blocks()), None),
    (p.gif(b"\x21\x99" + p.blocks(S)), "other"),
    (p.gif(LONG_LOOP), "other"),
    (p.gif(after=S), "trailing"),
    (p.webp(p.vp8x(8), p.VP8L, p.riff(b"EXIF", p.tiff(1))), "exif"),
    (p.webp(p.vp8x(4), p.VP8L, p.riff(b"XMP ", S)), "xmp"),
    (p.webp(p.VP8L, p.riff(b"ABCD", S)), "other"),
    (p.webp(p.VP8L, after=S), "trailing"),
    (
        p.webp(
            p.vp8x(2),
            p.riff(b"ANIM", bytes(6)),
            p.riff(b"ANMF", bytes(16) + p.VP8L + p.riff(b"ABCD", S)),
        ),
        "other",
    ),
]


@pytest.mark.parametrize("data", CLEAN)
def test_a_clean_picture_stays_byte_for_byte(data: bytes) -> None:
    assert strip(data) == Stripped(data=data, type=sniff(data), removed=())


@pytest.mark.parametrize(("data", "word"), DIRTY)
def test_what_must_not_stay_is_cut_out_and_named(data: bytes, word: str | None) -> None:
    found = strip(data)
    assert S not in found.data
    assert len(found.data) < len(data)
    assert found.removed == ((word,) if word else ("other",))
    again = strip(found.data)
    assert again.data == found.data
    assert again.removed == ()


def test_everything_at_once_is_named_in_one_order() -> None:
    data = p.jpeg(
        p.segment(0xFE, S),
        p.segment(0xED, S),
        p.segment(0xE1, XMP + S),
        p.exif_segment(3),
        p.exif_segment(6),
        p.segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
        after=S,
    )
    found = strip(data)
    assert found.removed == ("exif", "xmp", "iptc", "comment", "trailing")
    assert found.data.count(b"JFIF") == 1
    assert S not in found.data


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_stays_and_nothing_else(orientation: int, order: str) -> None:
    exif = p.tiff(orientation, order=order)
    keeps = [] if orientation == 1 else [minimal_exif(orientation)]
    in_jpeg = strip(p.jpeg(p.exif_segment(orientation, order=order)))
    in_png = strip(p.png(late=p.chunk(b"eXIf", exif)))
    in_webp = strip(p.webp(p.vp8x(0x0C), p.VP8L, p.riff(b"EXIF", b"Exif\0\0" + exif)))
    for found in (in_jpeg, in_png, in_webp):
        assert found.removed == ("exif",)
        assert S not in found.data
        assert [each for each in keeps if each not in found.data] == []
        assert strip(found.data) == Stripped(
            data=found.data, type=found.type, removed=()
        )
    parts = [p.segment(0xE1, b"Exif\0\0" + each) for each in keeps]
    assert in_jpeg.data == p.jpeg(*parts)
    assert in_png.data == p.png(*(p.chunk(b"eXIf", each) for each in keeps))
    flags = p.vp8x(0x08 if keeps else 0)
    ends = [p.riff(b"EXIF", each) for each in keeps]
    assert in_webp.data == p.webp(flags, p.VP8L, *ends)


def test_second_exif_blocks_do_not_count() -> None:
    exif = p.chunk(b"eXIf", minimal_exif(6))
    found = strip(p.png(exif, exif))
    assert (found.data, found.removed) == (p.png(exif), ("exif",))
    part = p.riff(b"EXIF", minimal_exif(6))
    twice = strip(p.webp(p.vp8x(8), p.VP8L, part, part))
    assert twice.data == p.webp(p.vp8x(8), p.VP8L, part)
    assert twice.removed == ("exif",)


@pytest.mark.parametrize(
    "exif",
    [
        b"",
        b"II*\0",
        b"II*\0\xff\xff\xff\xff",
        b"II*\0\x08\0\0\0\x09\0",
        b"XX*\0" + bytes(40),
        b"II*\0\x08\0\0\0\0\0",
        minimal_exif(6).replace(b"\x06\0\0\0", b"\x09\0\0\0"),
        minimal_exif(6)[:-8],
    ],
)
def test_exif_that_says_nothing_is_upright(exif: bytes) -> None:
    assert orientation_of(exif) == 1
    assert strip(p.jpeg(p.segment(0xE1, b"Exif\0\0" + exif))).data == p.jpeg()


def test_a_profile_keeps_its_colours_but_not_its_name() -> None:
    named = p.png(p.chunk(b"iCCP", b"Anna's camera\0\0abc"))
    assert strip(named).data == p.png(p.chunk(b"iCCP", b"icc\0\0abc"))
    profile = b"\x21\xff" + p.blocks(b"ICCRGBG1012", b"colours")
    assert strip(p.gif(profile)).data == p.gif(profile)


def test_a_jpeg_of_several_scans_with_fill_bytes_and_late_words() -> None:
    more = p.DHT + p.SOS + b"\x01\xff\xff" + p.EOI
    data = p.jpeg()[:-2] + b"\xff" + p.segment(0xFE, S) + more
    found = strip(data)
    assert found.data == p.jpeg()[:-2] + p.DHT + p.SOS + b"\x01" + p.EOI
    assert found.removed == ("comment",)


def test_odd_webp_chunks_get_their_padding_back() -> None:
    data = p.webp(p.vp8x(0x20), p.riff(b"ICCP", b"abc"), p.riff(b"VP8L", b"\x2f\1\2"))
    assert strip(data).data == data
    short = data[:4] + (len(data) - 9).to_bytes(4, "little") + data[8:]
    for each in (short, short[:-1]):  # the last padding is not counted, or not there
        assert strip(each) == strip(data)


@pytest.mark.parametrize(
    "data",
    [
        p.SOI + b"\xff" + p.EOI,
        p.SOI + p.SOF + p.EOI,
        p.SOI + p.SOS + p.CODED + p.EOI,
        p.SOI + p.SOF + p.SOS + p.CODED,
        p.SOI + p.SOF + p.SOS + p.CODED + b"\xff",
        p.jpeg(p.SOI),
        p.jpeg(b"\xff\xc8\0\x02"),
        p.jpeg(b"\xff\xe1\0\x01"),
        p.jpeg(b"\xff\xd0"),
        p.jpeg(b"garbage"),
        p.jpeg(p.segment(0xEE, b"Adobe")),
        p.jpeg(jfif=p.segment(0xE0, b"JFIF\0")),
        p.png()[:-5],
        p.png().replace(b"IDAT", b"IDAT\0", 1),
        p.png(p.chunk(b"ABCD", b"")),
        p.png(p.chunk(b"A1CD", b"")),
        p.png(p.chunk(b"iCCP", b"no end of the name")),
        p.png(p.chunk(b"iCCP", b"n" * 80 + b"\0\0abc")),
        p.png()[:-1] + b"\0",
        b"\x89PNG\r\n\x1a\n" + p.chunk(b"tEXt", b"") + p.png()[8:],
        p.png().replace(p.png()[33:-12], b""),
        p.gif()[:-1],
        p.gif(frames=0),
        p.gif(b"\x55"),
        p.gif()[:9],
        p.webp(),
        p.webp(p.riff(b"ICCP", b"")),
        p.webp(p.VP8L)[:-1],
        p.webp(p.VP8L, b"AB"),
        p.webp(p.riff(b"VP8X", b""), p.VP8L),
        p.webp(p.VP8L, p.vp8x(8)),
        p.webp(p.riff(b"ANMF", bytes(4))),
        b"RIFF\0\0\0\0WEBP",
        b"RIFF\xff\xff\xff\xffWEBP",
    ],
)
def test_what_cannot_be_taken_apart_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput) as problem:
        strip(data)
    assert (problem.value.field, problem.value.reason) == ("media", "metadata")


@pytest.mark.parametrize("data", [p.MP4, p.WEBM])
def test_a_video_keeps_its_data(data: bytes) -> None:
    found = strip(data)
    assert found.data == data
    assert found.type.is_video
    assert found.removed == ()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (p.jpeg(), MediaType.JPEG),
        (p.png(), MediaType.PNG),
        (p.gif(), MediaType.GIF),
        (b"GIF87a" + p.gif()[6:], MediaType.GIF),
        (PLAIN_WEBP, MediaType.WEBP),
        (p.MP4, MediaType.MP4),
        (p.WEBM, MediaType.WEBM),
    ],
)
def test_types_are_told_by_content(data: bytes, kind: MediaType) -> None:
    assert sniff(data) is kind


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0\0\x18ftyp",
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        b"\0\0\0\x18ftypqt  \0\0\0\0qt  ",
        b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska" + bytes(20),
        b"RIFF\x04\0\0\0WAVE",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"BM" + bytes(60),
        b" " + p.png(),
    ],
)
def test_other_types_are_refused(data: bytes) -> None:
    with pytest.raises(BadInput) as problem:
        sniff(data)
    assert (problem.value.field, problem.value.reason) == ("media", "type")


WHOLE = [data for data, _ in DIRTY] + CLEAN


@given(
    data=st.sampled_from(WHOLE),
    cut=st.integers(min_value=0),
    byte=st.binary(max_size=3),
)
def test_damaged_pictures_are_stripped_or_refused(
    data: bytes, cut: int, byte: bytes
) -> None:
    at = cut % (len(data) + 1)
    for broken in (data[:at], data[:at] + byte + data[at + 1 :]):
        try:
            found = strip(broken)
        except BadInput:
            continue
        again = strip(found.data)
        assert again == Stripped(data=found.data, type=found.type, removed=())


@given(
    words=st.lists(
        st.sampled_from((p.segment(0xFE, S), p.exif_segment(6), p.ICC, p.ADOBE)),
        max_size=6,
    ),
    after=st.sampled_from([b"", S, p.jpeg()]),
)
def test_no_order_of_segments_lets_a_word_through(
    words: list[bytes], after: bytes
) -> None:
    found = strip(p.jpeg(*words, after=after))
    assert S not in found.data
    assert found.data.count(b"ICC_PROFILE") == words.count(p.ICC)
    assert ("trailing" in found.removed) == bool(after)


def reason_of(data: bytes) -> str:
    try:
        strip(data)
    except BadInput as problem:
        return problem.reason
    return ""


@given(st.binary(max_size=200))
def test_any_bytes_are_stripped_or_refused(data: bytes) -> None:
    for head in (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", PLAIN_WEBP[:12]):
        assert reason_of(head + data) in {"", "metadata"}
