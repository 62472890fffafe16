import io
import struct
import zlib

import pytest
from bitewing.files.inspecting import images
from bitewing.files.inspecting.exif import Metadata, Span, blank_location, has_location
from bitewing.files.inspecting.images import without_location
from bitewing.files.inspecting.unusable import UnusableError
from bitewing.files.inspection import FileFormat, Problem
from PIL import Image
from PIL.ExifTags import IFD

from local.samples.photo import heic_photo, photo

KINDS = ["JPEG", "PNG", "WEBP"]
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description exif:GPSLatitude="32,14.1N" '
    b"exif:GPSVersionID='2.3.0.0' dc:title=\"smile\"><exif:GPSLongitude>28,41.5W</exif:GPSLongitude>"
    b"</rdf:Description></x:xmpmeta>"
)


def codes(inspection):
    return [problem.code for problem in inspection.problems]


def exif_of(content):
    with Image.open(io.BytesIO(content)) as opened:
        exif = opened.getexif()
        return dict(exif), dict(exif.get_ifd(IFD.GPSInfo))


def pixels_of(content):
    with Image.open(io.BytesIO(content)) as opened:
        return opened.tobytes()


def segment(content, marker=0xE1):
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2, "big") + content


def with_segment(jpeg, content):
    return jpeg[:2] + segment(content) + jpeg[2:]


def chunk(kind, content):
    return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")


def with_chunk(png, kind, content):
    return png[:33] + chunk(kind, content) + png[33:]


def riff(*chunks):
    padded = (kind + len(content).to_bytes(4, "little") + content + bytes(len(content) % 2) for kind, content in chunks)
    content = b"WEBP" + b"".join(padded)
    return b"RIFF" + len(content).to_bytes(4, "little") + content


def webp(*more, width=40, height=30):
    """A WebP whose picture is followed by further chunks."""
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    plain = photo(width_px=40, height_px=30, kind="WEBP", has_exif=False)
    return riff((b"VP8X", b"\x0c\0\0\0" + sides), (plain[12:16], plain[20:]), *more)


# --- Size ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "file_format"), [("JPEG", FileFormat.JPEG), ("PNG", FileFormat.PNG), ("WEBP", FileFormat.WEBP)]
)
@pytest.mark.parametrize("size", [(1200, 800), (7, 5), (1, 1)])
def test_an_image_is_measured(look, kind, file_format, size):
    inspection = look(photo(width_px=size[0], height_px=size[1], kind=kind))
    assert (inspection.format, inspection.usable) == (file_format, True)
    assert (inspection.image.width_px, inspection.image.height_px) == size


@pytest.mark.parametrize("options", [{"progressive": True}, {"optimize": True}, {"subsampling": 0}])
def test_every_way_to_compress_a_photo_is_read(look, options):
    with Image.open(io.BytesIO(photo())) as opened:
        written = io.BytesIO()
        opened.save(written, "JPEG", **options)
    assert look(written.getvalue()).usable


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("kept", [0.2, 0.5, 0.95])
def test_an_image_that_ends_early_is_told(look, kind, kept):
    content = photo(kind=kind)
    inspection = look(content[: int(len(content) * kept)])
    assert codes(inspection)[0] in {Problem.TRUNCATED, Problem.CORRUPT}
    assert inspection.image is None


def test_a_cut_photo_is_called_truncated(look):
    assert codes(look(photo()[:-3000])) == [Problem.TRUNCATED]


@pytest.mark.parametrize("is_lossless", [True, False])
@pytest.mark.parametrize("has_exif", [True, False])
def test_plain_and_extended_webp_are_measured(look, is_lossless, has_exif):
    with Image.open(io.BytesIO(photo(width_px=301, height_px=7))) as opened:
        written = io.BytesIO()
        opened.save(written, "WEBP", lossless=is_lossless, **({"exif": opened.getexif()} if has_exif else {}))
    image = look(written.getvalue()).image
    assert (image.width_px, image.height_px) == (301, 7)


@pytest.mark.parametrize(
    "content",
    [
        riff(),
        riff((b"VP8X", bytes(10))),
        riff((b"EXIF", b""), (b"VP8 ", bytes(10))),
        riff((b"VP8X", bytes(9)), (b"VP8 ", bytes(10))),
        riff((b"VP8 ", b"\0\0\0\x9d\x01\x2a\0\0\1\0")),
        riff((b"VP8 ", bytes(10))),
        riff((b"VP8L", b"")),
    ],
)
def test_a_webp_without_picture_or_size_is_corrupt(look, content):
    assert codes(look(content)) == [Problem.CORRUPT]


@pytest.mark.parametrize("lost", [1, 5, 200])
def test_a_webp_that_ends_early_is_truncated(look, lost):
    assert codes(look(photo(kind="WEBP")[:-lost])) == [Problem.TRUNCATED]
    assert codes(look(webp()[:4] + b"\x40\0\0\0" + webp()[8:-lost])) == [Problem.TRUNCATED]


@pytest.mark.parametrize("mark", [b"", b"Exif\0\0"])
def test_the_location_in_the_exif_of_a_webp_is_removed_with_and_without_its_mark(look, mark):
    before = webp((b"EXIF", mark + GPS_BLOCK.removeprefix(b"Exif\0\0")))
    after = without_location(before)
    assert (look(before).image.has_location, look(after).image.has_location) == (True, False)
    assert (len(after), exif_of(after)[1]) == (len(before), {})


@pytest.mark.parametrize(("above", "expected"), [(-1, [Problem.TOO_LARGE]), (0, []), (1, [])])
@pytest.mark.parametrize(
    "write",
    [
        lambda many: photo()[:2] + segment(b"") * many + photo()[2:],
        lambda many: (png := photo(kind="PNG"))[:33] + chunk(b"tEXt", b"") * many + png[33:],
        lambda many: webp(*[(b"NONE", b"")] * many),
        lambda many: heic(again=many),
    ],
    ids=[*KINDS, "HEIC"],
)
def test_images_up_to_the_limit_of_parts_are_looked_at(look, monkeypatch, write, above, expected):
    content = write(100)
    file_format = look(content).format
    monkeypatch.setattr(images, "MAX_PARTS", sum(1 for _ in images._PARTS[file_format](content)) + above)
    assert codes(look(content)) == expected


def test_a_png_with_a_wrong_checksum_is_corrupt(look):
    content = bytearray(photo(kind="PNG"))
    content[content.index(b"IDAT") + 40] ^= 0xFF
    assert codes(look(bytes(content))) == [Problem.CORRUPT]


@pytest.mark.parametrize(
    "content", [b"\xff\xd8\xff\xe0", b"\xff\xd8\xff" + bytes(100), b"\x89PNG\r\n\x1a\n" + bytes(50)]
)
def test_a_beginning_alone_is_no_image(look, content):
    assert codes(look(content))[0] in {Problem.CORRUPT, Problem.TRUNCATED}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("above", "expected"), [(-1, [Problem.TOO_LARGE]), (0, []), (1, [])])
def test_images_up_to_the_limit_of_pixels_are_decoded(look, monkeypatch, kind, above, expected):
    monkeypatch.setattr(images, "MAX_PIXELS", 40 * 30 + above)
    assert codes(look(photo(width_px=40, height_px=30, kind=kind))) == expected


@pytest.mark.parametrize("side", [11_000, 60_000])
def test_a_small_file_that_claims_many_pixels_is_refused_unseen(look, side):
    content = photo(kind="PNG")
    header = chunk(b"IHDR", side.to_bytes(4, "big") * 2 + content[24:29])
    assert codes(look(content[:8] + header + content[33:])) == [Problem.TOO_LARGE]


@pytest.mark.parametrize(("above", "expected"), [(-1, [Problem.TOO_LARGE]), (0, [])])
def test_images_up_to_the_limit_of_bytes_are_read(look, monkeypatch, above, expected):
    monkeypatch.setattr(images, "MAX_IMAGE_BYTES", len(photo()) + above)
    assert codes(look(photo())) == expected


def test_a_photo_that_claims_the_most_pixels_is_refused_unseen(look):
    content = bytearray(photo())
    at = content.index(b"\xff\xc0")
    content[at + 5 : at + 9] = b"\xff" * 4
    assert codes(look(bytes(content))) == [Problem.TOO_LARGE]


@pytest.mark.parametrize(
    ("more", "expected"), [(0, []), (1, []), (64, [Problem.TOO_LARGE]), (5_000, [Problem.TOO_LARGE])]
)
def test_photos_of_very_many_scans_are_refused_undecoded(look, more, expected):
    content = photo(is_progressive=True)
    at = content.rindex(b"\xff\xda")
    last = content[at:-2]
    assert codes(look(content[:-2] + last * more + content[-2:])) == expected


def test_scans_of_appended_pictures_are_not_counted(look):
    assert look(photo() + photo(is_progressive=True) * 20).usable


@pytest.mark.parametrize("kind", [b"iCCP", b"zTXt", b"iTXt"])
def test_packed_chunks_of_a_png_are_not_unpacked_without_bound(look, kind):
    packed = zlib.compress(bytes(50_000_000), 9)
    names = {b"iCCP": b"profile\0\0", b"zTXt": b"Comment\0\0", b"iTXt": b"Comment\0\1\0\0\0"}
    inspection = look(with_chunk(photo(kind="PNG"), kind, names[kind] + packed))
    assert codes(inspection) in ([], [Problem.CORRUPT])


def test_the_pixels_of_a_png_are_not_unpacked(look):
    content = photo(kind="PNG")
    at = content.index(b"IDAT") - 4
    assert look(content[:at] + chunk(b"IDAT", zlib.compress(bytes(50_000_000), 9)) + chunk(b"IEND", b"")).usable


# --- Location --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_there", [True, False])
def test_whether_an_image_says_where_it_was_taken_is_told(look, kind, is_there):
    assert look(photo(kind=kind, has_location=is_there)).image.has_location is is_there


@pytest.mark.parametrize("kind", KINDS)
def test_the_location_is_removed_and_nothing_else(look, kind):
    before = photo(kind=kind, has_location=True)
    after = without_location(before)
    tags, place = exif_of(before)
    assert place
    assert exif_of(after) == ({tag: value for tag, value in tags.items() if tag != IFD.GPSInfo}, {})
    assert look(after).usable
    assert look(after).image.has_location is False
    assert (b"N\0\0\0" in before, b"N\0\0\0" in after) == (True, False)
    assert len(after) == len(before)
    assert pixels_of(after) == pixels_of(before)


def test_the_compressed_pixels_stay_byte_for_byte():
    before = photo(has_location=True)
    after = without_location(before)
    start = before.index(b"\xff\xdb")
    assert after[start:] == before[start:]
    png = photo(kind="PNG", has_location=True)
    assert without_location(png)[png.index(b"IDAT") :] == png[png.index(b"IDAT") :]


@pytest.mark.parametrize("kind", KINDS)
def test_an_image_without_location_comes_back_as_it_is(kind):
    content = photo(kind=kind)
    assert without_location(content) is content


@pytest.mark.parametrize("content", [b"", b"solid no image", b"%PDF-1.7 GPSLatitude='1'"])
def test_what_is_no_image_comes_back_as_it_is(content):
    assert without_location(content) is content


@pytest.mark.parametrize(
    "write",
    [
        lambda: with_segment(photo(), b"http://ns.adobe.com/xap/1.0/\0" + XMP),
        lambda: with_chunk(photo(kind="PNG"), b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP),
        lambda: webp((b"XMP ", XMP)),
    ],
    ids=KINDS,
)
def test_a_location_in_xmp_is_removed_too(look, write):
    before = write()
    after = without_location(before)
    assert (look(before).image.has_location, look(after).image.has_location) == (True, False)
    assert b"32,14.1N" not in after
    assert b"28,41.5W" not in after
    assert b'dc:title="smile"' in after
    assert len(after) == len(before)
    assert look(after).usable


GPS_BLOCK = photo(has_location=True)[photo(has_location=True).index(b"Exif\0\0") :].partition(b"\xff\xdb")[0]


def raw_profile(kind):
    """A profile as ImageMagick writes it into a text."""
    lines = "\n".join(GPS_BLOCK.hex()[at : at + 72] for at in range(0, 2 * len(GPS_BLOCK), 72))
    return f"\n{kind}\n{len(GPS_BLOCK):8}\n{lines}\n".encode()


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (b"iTXt", b"XML:com.adobe.xmp\0\1\0en\0\0" + zlib.compress(XMP)),
        (b"zTXt", b"XML:com.adobe.xmp\0\0" + zlib.compress(XMP)),
        (b"tEXt", b"XML:com.adobe.xmp\0" + XMP),
        (b"tEXt", b"Raw profile type exif\0" + raw_profile("exif")),
        (b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(raw_profile("exif"))),
        (b"zTXt", b"Raw profile type APP1\0\0" + zlib.compress(raw_profile("generic"))),
        (b"iTXt", b"Raw profile type exif\0\0\0\0\0" + raw_profile("exif")),
    ],
)
def test_a_location_in_a_packed_text_is_removed_with_the_text(look, kind, content):
    before = with_chunk(photo(kind="PNG"), kind, content)
    after = without_location(before)
    assert (look(before).image.has_location, look(after).image.has_location) == (True, False)
    assert (look(after).usable, len(after)) == (True, len(before))
    assert exif_of(after)[1] == {}
    assert pixels_of(after) == pixels_of(before)
    with Image.open(io.BytesIO(after)) as opened:
        opened.load()
        assert not any(str(text).strip() for text in opened.text.values())


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(b"<x dc:title='smile'/>")),
        (b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0 no deflate"),
        (b"iTXt", b"XML:com.adobe.xmp\0"),
        (b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(b"\nexif\n 6\n4578696600005\n")),
        (b"tEXt", b"Raw profile type icc\0 none of hexadecimal digits"),
    ],
)
def test_packed_texts_without_a_location_stay(look, kind, content):
    before = with_chunk(photo(kind="PNG"), kind, content)
    assert look(before).image.has_location is False
    assert without_location(before) is before


@pytest.mark.parametrize(
    "name",
    [
        *("photoshop:City", "photoshop:Country", "Iptc4xmpCore:Location", "drone:GPSLatitude"),
        *("fotografía:GPSLatitude", "of-a-drone-" * 5 + ":GPSLatitude"),
    ],
)
@pytest.mark.parametrize("form", ["<a {}='Ponta Delgada'/>", "<{0}>Ponta Delgada</{0}>"])
def test_names_of_places_in_xmp_are_removed(look, name, form):
    before = with_segment(photo(), b"http://ns.adobe.com/xap/1.0/\0" + form.format(name).encode())
    after = without_location(before)
    assert look(before).image.has_location is True
    assert b"Ponta" not in after
    assert look(after).image.has_location is False


def test_the_location_of_an_appended_film_is_removed(look):
    film = b"\0\0\0\x1eudta\0\0\0\x16\xa9xyz\0\x12\x15\xc7+32.2348-028.6918/" + bytes(40)
    before = photo() + film
    after = without_location(before)
    assert look(before).image.has_location is True
    assert after == photo() + film.replace(b"+32.2348-028.6918", b"+00.0000-000.0000")
    assert look(after).image.has_location is False


@pytest.mark.parametrize("kind", KINDS)
def test_exif_and_xmp_lose_their_location_together(look, kind):
    both = photo(kind=kind, has_location=True)
    if kind == "JPEG":
        both = with_segment(both, b"http://ns.adobe.com/xap/1.0/\0" + XMP)
    elif kind == "WEBP":
        both = webp((b"EXIF", GPS_BLOCK), (b"XMP ", XMP))
    else:
        both = with_chunk(both, b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)
    after = without_location(both)
    assert exif_of(after)[1] == {}
    assert b"28,41.5W" not in after
    assert look(after).image.has_location is False
    assert pixels_of(after) == pixels_of(both)


def test_the_location_of_a_heic_photo_cannot_be_read_back():
    before = heic_photo(has_location=True)
    after = without_location(before)

    def place(content):
        exif = Image.Exif()
        exif.load(content[content.rindex(b"Exif\0\0") :])
        return dict(exif.get_ifd(IFD.GPSInfo))

    assert place(before)
    assert place(after) == {}
    assert len(after) == len(before)


def test_xmp_that_only_names_a_version_says_no_place(look):
    content = with_segment(photo(), b"http://ns.adobe.com/xap/1.0/\0<a exif:GPSVersionID='2.3' exif:GPSTrack=''/>")
    assert look(content).image.has_location is False


def test_other_segments_and_texts_are_not_searched(look):
    assert look(with_segment(photo(), b"other\0" + XMP)).image.has_location is False
    assert look(with_chunk(photo(kind="PNG"), b"iTXt", b"Comment\0\0\0\0\0" + XMP)).image.has_location is False


def test_a_location_in_an_appended_picture_is_removed_too(look):
    before = photo() + photo(has_location=True, seed=2)
    after = without_location(before)
    assert look(before).image.has_location is True
    assert look(after).image.has_location is False
    assert after[: len(photo())] == photo()


def tiff(order, entries, gps, link=0):
    """An EXIF block: one directory that leads to a GPS directory at 100, and values from 200 on."""
    block = bytearray(300)
    block[:8] = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(f"{order}I", 8)
    for at, listed, following in ((8, entries, link), (100, gps, 0)):
        struct.pack_into(f"{order}H", block, at, len(listed))
        for number, entry in enumerate(listed):
            struct.pack_into(f"{order}HHII", block, at + 2 + 12 * number, *entry)
        struct.pack_into(f"{order}I", block, at + 2 + 12 * len(listed), following)
    block[200:224] = bytes(range(1, 25))
    return bytes(block)


POINTER = (0x8825, 4, 1, 100)
LATITUDE = (2, 5, 3, 200)


def place_in(block):
    return has_location(block, Metadata(tiff=(Span(0, len(block)),)))


def blanked(block):
    return blank_location(block, Metadata(tiff=(Span(0, len(block)),)))


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_entries_around_the_location_stay(order):
    make, software = (0x10F, 2, 4, 0x41424300), (0x9000, 4, 1, 7)
    block = tiff(order, [make, POINTER, software], [(0, 1, 4, 0x02030000), LATITUDE])
    assert place_in(block)
    after = blanked(block)
    assert not place_in(after)
    assert after == tiff(order, [make, software], [])[:100] + bytes(200)
    assert blanked(after) == after


@pytest.mark.parametrize("gps", [[], [(0, 1, 4, 0x02030000)], [(2, 5, 0, 0)]], ids=["empty", "version", "no value"])
def test_a_gps_directory_that_says_no_place_is_none(gps):
    assert not place_in(tiff("<", [POINTER], gps))


def test_a_location_of_the_thumbnail_counts_too():
    block = bytearray(tiff("<", [(0x10F, 2, 4, 0)], [LATITUDE], link=40))
    struct.pack_into("<HHHIII", block, 40, 1, *POINTER, 0)
    assert place_in(bytes(block))
    assert not place_in(blanked(bytes(block)))


@pytest.mark.parametrize("gps_type", [0, 13, 255])
def test_a_location_of_an_unknown_type_is_removed_as_well(gps_type):
    assert not place_in(blanked(tiff("<", [POINTER], [(2, gps_type, 10, 200)])))


@pytest.mark.parametrize("length", [*range(40), 101, 102, 113, 114, 205])
def test_a_cut_block_is_searched_as_far_as_it_goes(length):
    block = tiff(">", [POINTER], [LATITUDE])[:length]
    assert place_in(block) is (length >= 114)
    assert len(blanked(block)) == length
    assert not place_in(blanked(block))


def test_directories_that_lead_in_a_circle_end():
    block = tiff("<", [POINTER, (0x8825, 4, 1, 8)], [LATITUDE], link=8)
    assert place_in(block)
    assert len(blanked(block)) == len(block)


# --- HEIC ------------------------------------------------------------------------------------------------


def box(kind, *contents):
    content = b"".join(contents)
    return (8 + len(content)).to_bytes(4, "big") + kind + content


def heic(sizes=((4032, 3024), (512, 512)), *, version=0, xmp=b"", is_placed=True, again=0, later=0):
    """A HEIC photo without pixels, with EXIF and XMP as items.

    Args:
        again: How often the XMP is listed beyond the first time.
        later: How much later than the time before it begins then, bytes.
    """
    block = tiff(">", [POINTER], [LATITUDE] if is_placed else [])
    exif = (6).to_bytes(4, "big") + b"Exif\0\0" + block
    wide = version == 2
    number = ">I" if wide else ">H"

    def boxes(at):
        kinds = [
            box(b"infe", bytes([3 if wide else 2]), bytes(3), struct.pack(number, item), bytes(2), kind, b"\0")
            for item, kind in ((1, b"hvc1"), (2, b"Exif"), (3, b"mime"))
        ]
        count = struct.pack(">I" if wide else ">H", 3)
        iinf = box(b"iinf", bytes([1 if wide else 0]), bytes(3), count, *kinds)
        extents = [(1, at, 0), (2, at, len(exif)), (3, at + len(exif), len(xmp))]
        starts = (later * time for time in range(1, again + 1))
        extents += [(3, at + len(exif) + start, len(xmp) - start) for start in starts]
        locations = [
            struct.pack(number, item) + bytes(2 if version else 0) + bytes(2) + struct.pack(">HII", 1, start, length)
            for item, start, length in extents
        ]
        iloc = box(b"iloc", bytes([version]), bytes(3), b"\x44\x00", struct.pack(number, len(extents)), *locations)
        ispe = [box(b"ispe", bytes(4), struct.pack(">II", *size)) for size in sizes]
        iprp = box(b"iprp", box(b"ipco", *ispe, box(b"irot", b"\x01")))
        return box(b"ftyp", b"heic", bytes(4), b"mif1heic") + box(b"meta", bytes(4), iinf, iloc, iprp)

    return boxes(len(boxes(0)) + 8) + box(b"mdat", exif, xmp)


@pytest.mark.parametrize("version", [0, 1, 2])
@pytest.mark.parametrize("is_placed", [True, False])
def test_a_heic_photo_is_as_large_as_its_largest_picture(look, version, is_placed):
    inspection = look(heic(version=version, is_placed=is_placed))
    assert (inspection.format, inspection.usable) == (FileFormat.HEIC, True)
    assert (inspection.image.width_px, inspection.image.height_px) == (4032, 3024)
    assert inspection.image.has_location is is_placed


@pytest.mark.parametrize("version", [0, 1, 2])
def test_the_location_of_a_heic_photo_is_removed_in_place(look, version):
    before = heic(version=version, xmp=XMP)
    after = without_location(before)
    assert look(after).image.has_location is False
    assert b"28,41.5W" not in after
    assert len(after) == len(before)
    assert after[: before.index(b"mdat")] == before[: before.index(b"mdat")]


def test_a_place_that_a_heic_photo_lists_many_times_is_searched_once(look):
    content = heic(xmp=XMP, again=10_000)
    assert [len(spans) for spans in images.heic.metadata(content)[:2]] == [1, 1]
    assert look(content).image.has_location is True
    assert look(without_location(content)).image.has_location is False


def test_every_place_is_searched_even_one_that_is_listed_last():
    content = heic(xmp=XMP, is_placed=False, later=1, again=5) + box(b"free", bytes(10_000))
    assert [span.start for span in images.heic.metadata(content).xmp] == [content.index(XMP) + n for n in range(6)]
    many = bytearray(heic(xmp=XMP, is_placed=False, again=12_000))
    # The first 12,000 have the number of an item that is not there.
    at = many.index(b"iloc") + 12 + 2 * 14
    for item in range(12_000):
        many[at + item * 14 : at + item * 14 + 2] = b"\0\x63"
    assert images.says_where(bytes(many), FileFormat.HEIC)


@pytest.mark.parametrize(("above", "expected"), [(-1, []), (0, []), (1, [Problem.TOO_LARGE])])
def test_places_that_are_longer_together_than_the_heic_photo_are_refused(look, above, expected):
    content = heic(xmp=XMP, later=1, again=5)
    places = images.heic.metadata(content + box(b"free", bytes(10_000)))
    together = sum(span.end - span.start for span in (*places.tiff, *places.xmp))
    assert codes(look(content + box(b"free", bytes(together - above - len(content) - 8)))) == expected


@pytest.mark.parametrize("lost", [1, 100])
def test_a_heic_photo_that_ends_early_is_truncated(look, lost):
    assert codes(look(heic()[:-lost])) == [Problem.TRUNCATED]


@pytest.mark.parametrize("sizes", [(), ((0, 0),), ((0, 100),)])
def test_a_heic_photo_without_a_size_is_corrupt(look, sizes):
    assert codes(look(heic(sizes=sizes))) == [Problem.CORRUPT]


def test_a_heic_photo_of_too_many_pixels_is_too_large(look):
    assert codes(look(heic(sizes=((20_000, 20_000),)))) == [Problem.TOO_LARGE]


def test_boxes_of_great_length_or_up_to_the_end_are_understood(look):
    content = heic()
    at = content.index(b"mdat") - 4
    to_the_end = content[:at] + bytes(4) + content[at + 4 :]
    great = content + (1).to_bytes(4, "big") + b"free" + (26).to_bytes(8, "big") + bytes(10)
    assert look(to_the_end).usable
    assert look(great).usable
    assert codes(look(great[:-1])) == [Problem.TRUNCATED]


def test_boxes_of_impossible_length_end_the_search(look):
    brand = box(b"ftyp", b"heic", bytes(4))
    assert codes(look(brand + (4).to_bytes(4, "big") + b"meta" + bytes(20))) == [Problem.CORRUPT]
    assert look(b"\0\0\0\x04ftypheic").format is FileFormat.UNKNOWN


@pytest.mark.parametrize("brand", [b"avif", b"isom", b"mp42"])
def test_films_and_other_stills_are_no_heic(look, brand):
    assert look(box(b"ftyp", brand, bytes(4), brand)).format is FileFormat.UNKNOWN


def test_item_locations_that_claim_more_than_there_is_are_passed_over(look):
    content = bytearray(heic())
    at = content.index(b"iloc")
    content[at + 10 : at + 12] = b"\xff\xff"
    assert look(bytes(content)).usable
    content = bytearray(heic())
    content[content.index(b"iloc") + 12 + 6 : content.index(b"iloc") + 12 + 8] = b"\xff\xff"
    assert look(bytes(content)).usable


def test_an_item_that_lies_beyond_the_end_of_the_file_is_passed_over(look):
    content = heic()
    at = content.index(b"Exif\0\0MM") - 4
    moved = content.replace(at.to_bytes(4, "big"), (at + 1000).to_bytes(4, "big"))
    assert look(content).image.has_location is True
    assert (look(moved).usable, look(moved).image.has_location) == (True, False)


def test_of_very_many_boxes_only_the_first_are_looked_at(look):
    boxes = box(b"free") * 10_000
    assert look(heic() + boxes).usable
    assert codes(look(box(b"ftyp", b"heic", bytes(4)) + boxes + heic())) == [Problem.CORRUPT]


@pytest.mark.parametrize("kind", [b"meta", b"iprp", b"ipco"])
def test_boxes_in_boxes_without_end_are_looked_at_up_to_a_limit(look, kind):
    # A million boxes, in each of a thousand
    inner = box(b"ipco", box(b"ispe", bytes(12)) * 30)
    many = box(b"meta", bytes(4), box(b"iprp", inner) * 30) * 1000
    content = box(b"ftyp", b"heic", bytes(4)) + many + box(b"meta", bytes(4), box(kind))
    assert codes(look(content)) == [Problem.CORRUPT]


def test_a_box_that_leads_to_itself_ends():
    content = bytearray(heic())
    at = content.index(b"meta")
    content[at - 4 : at] = (8).to_bytes(4, "big")
    assert without_location(bytes(content)) == bytes(content)
    content[at - 4 : at] = bytes(4)
    assert len(without_location(bytes(content))) == len(content)


@pytest.mark.parametrize("order", ["<", ">"])
def test_more_gps_directories_than_a_camera_writes_are_refused_and_none_is_left_out(order):
    def named(times):
        # Of no place, so that all of them are looked at.
        block = bytearray(tiff(order, [], [(0, 1, 4, 0x02030000)]))
        end = len(block)
        struct.pack_into(f"{order}I", block, 4, end)
        entries = b"".join(struct.pack(f"{order}HHII", *POINTER) for _ in range(times))
        return bytes(block) + struct.pack(f"{order}H", times) + entries + bytes(4)

    assert not place_in(named(8))
    with pytest.raises(UnusableError) as refused:
        place_in(named(9))
    assert refused.value.problem.code is Problem.TOO_LARGE
