import io
from datetime import date

import pydicom
import pytest
from bitewing.files.inspecting import dicom
from bitewing.files.inspection import FileFormat, Problem
from pydicom.dataset import Dataset
from pydicom.uid import (
    JPEG2000,
    BasicTextSRStorage,
    DeflatedExplicitVRLittleEndian,
    EnhancedCTImageStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLosslessSV1,
    JPEGLSNearLossless,
    RLELossless,
    UID_dictionary,
)

from local.samples.cbct import Volume, cbct_zip, slices, zip_of


def codes(inspection):
    return [problem.code for problem in inspection.problems]


def series_of(look, **wanted):
    inspection = look(cbct_zip(Volume(**wanted)))
    assert inspection.format is FileFormat.DICOM_SERIES
    assert inspection.usable
    return inspection.series


def rewritten(content, change):
    """A DICOM file with a change to its dataset."""
    dataset = pydicom.dcmread(io.BytesIO(content))
    change(dataset)
    written = io.BytesIO()
    dataset.save_as(written)
    return written.getvalue()


def zipped(files):
    return zip_of((f"{number:04}.dcm", content) for number, content in enumerate(files))


def changed_series(look, change, **wanted):
    """A series, after each of its files went through a change that is told its number."""
    files = [
        rewritten(content, lambda dataset, number=number: change(dataset, number))
        for number, content in enumerate(slices(Volume(**wanted)))
    ]
    return look(zipped(files)).series


# --- What a good series says -----------------------------------------------------------------------------


def test_a_series_is_measured(look):
    found = series_of(look, slices=30, voxel_mm=0.3, side_px=48)
    assert (found.slices, found.modality, found.bits_allocated) == (30, "CT", 16)
    assert (found.rows, found.columns) == (48, 48)
    assert (found.voxel_um, found.increment_um, found.thickness_um) == (300, 300, 300)
    assert (found.gantry_tilted, found.oriented) == (False, True)
    assert (found.series_count, found.patient_count) == (1, 1)
    assert (found.missing_slices, found.duplicate_slices, found.unreadable_slices) == (0, 0, 0)
    assert found.scanned_on == date(2026, 1, 5)
    assert (found.patient_name, found.patient_born_on) == ("Fontane^Mira", date(1984, 3, 9))


def test_the_patient_does_not_show_when_measures_are_printed(look):
    found = series_of(look)
    assert "Fontane" not in repr(found)
    assert "1984" not in repr(found)


def test_the_order_of_files_in_the_zip_does_not_matter(look):
    files = slices(Volume(slices=12))
    assert look(zipped(files[::-1])).series == look(zipped(files)).series


@pytest.mark.parametrize(
    ("spacing_mm", "increment_mm", "voxel_um"), [(0.2, 0.3, 300), (0.3, 0.2, 300), (0.25, 0.25, 250)]
)
def test_the_voxel_is_the_largest_of_spacing_and_increment(look, spacing_mm, increment_mm, voxel_um):
    def change(dataset, number):
        dataset.PixelSpacing = [0.2, spacing_mm]
        dataset.ImagePositionPatient = [0, 0, number * increment_mm]

    assert changed_series(look, change, slices=4).voxel_um == voxel_um


def test_the_largest_thickness_counts(look):
    def change(dataset, number):
        dataset.SliceThickness = 1.3 if number == 2 else 0.25

    assert changed_series(look, change, slices=4).thickness_um == 1300


# --- Gaps and doubles ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("missing", "counted"), [((5,), 1), ((5, 6), 2), ((3, 9), 2), ((4, 5, 6, 12), 4), (tuple(range(2, 20)), 18)]
)
def test_missing_slices_are_counted(look, missing, counted):
    found = series_of(look, missing=missing)
    assert (found.missing_slices, found.slices, found.increment_um) == (counted, 24 - counted, 250)


def test_slices_missing_at_an_end_cannot_be_seen(look):
    assert series_of(look, missing=(0, 23)).missing_slices == 0


@pytest.mark.parametrize(("doubled", "counted"), [((7,), 1), ((7, 7), 2), ((0, 23), 2), (tuple(range(24)), 24)])
def test_doubled_slices_are_counted(look, doubled, counted):
    found = series_of(look, doubled=doubled)
    assert (found.duplicate_slices, found.missing_slices, found.increment_um) == (counted, 0, 250)


def test_slices_that_all_lie_in_one_place_have_no_increment(look):
    found = series_of(look, slices=1, doubled=(0, 0))
    assert (found.duplicate_slices, found.increment_um, found.voxel_um) == (2, None, 250)


@pytest.mark.parametrize(("gap", "missing"), [(1.49, 0), (1.51, 1)])
def test_a_gap_of_one_and_a_half_increments_has_lost_a_slice(look, gap, missing):
    def change(dataset, number):
        dataset.ImagePositionPatient = [0, 0, 0.25 * (number + (gap - 1 if number > 4 else 0))]

    assert changed_series(look, change, slices=10).missing_slices == missing


@pytest.mark.parametrize("cosines", [[1, 0, 0, 0, 0, -1], [0, 1, 0, 0, 0, -1], [0.8, 0.6, 0, 0, 0, -1]])
def test_gaps_are_found_along_the_normal_whatever_way_it_points(look, cosines):
    row, column = cosines[:3], cosines[3:]
    normal = [
        row[1] * column[2] - row[2] * column[1],
        row[2] * column[0] - row[0] * column[2],
        row[0] * column[1] - row[1] * column[0],
    ]

    def change(dataset, number):
        dataset.ImageOrientationPatient = cosines
        dataset.ImagePositionPatient = [round(0.3 * (number + (number > 3)) * part, 5) for part in normal]

    found = changed_series(look, change, slices=8)
    assert (found.missing_slices, found.increment_um, found.gantry_tilted) == (1, 300, False)
    assert found.oriented


# --- Tilt and orientation --------------------------------------------------------------------------------


@pytest.mark.parametrize(("degrees", "is_tilted"), [(0, False), (0.4, False), (0.6, True), (-15, True)])
def test_slices_that_lean_are_tilted(look, degrees, is_tilted):
    assert series_of(look, gantry_tilt_degrees=degrees).gantry_tilted is is_tilted


@pytest.mark.parametrize(("degrees", "is_tilted"), [(0.0, False), (0.5, False), (0.6, True), (-5, True)])
def test_a_tilt_in_the_header_counts(look, degrees, is_tilted):
    def change(dataset, number):
        dataset.GantryDetectorTilt = degrees

    assert changed_series(look, change, slices=3).gantry_tilted is is_tilted


def test_slices_without_orientation_are_told(look):
    found = series_of(look, is_oriented=False)
    assert (found.oriented, found.increment_um, found.gantry_tilted) == (False, None, False)


@pytest.mark.parametrize(
    "cosines",
    [[1, 0, 0, 1, 0, 0], [2, 0, 0, 0, 1, 0], [1, 0, 0, 0.1, 1, 0], [1, 0, 0], [0, 0, 0, 0, 0, 0]],
)
def test_directions_that_are_not_orthonormal_are_no_orientation(look, cosines):
    def change(dataset, number):
        dataset.ImageOrientationPatient = cosines

    assert changed_series(look, change, slices=3).oriented is False


@pytest.mark.parametrize("keyword", ["ImageOrientationPatient", "ImagePositionPatient"])
def test_one_slice_without_orientation_or_position_spoils_the_series(look, keyword):
    def change(dataset, number):
        if number == 2:
            del dataset[keyword]

    found = changed_series(look, change, slices=4)
    assert found.oriented is False


def test_slices_of_different_orientations_are_not_oriented(look):
    def change(dataset, number):
        if number == 0:
            dataset.ImageOrientationPatient = [0, 1, 0, 0, 0, -1]

    assert changed_series(look, change, slices=4).oriented is False


# --- Mixtures --------------------------------------------------------------------------------------------


def test_several_series_are_counted_and_the_largest_is_measured(look):
    files = slices(Volume(slices=4, seed=1, voxel_mm=0.5)) + slices(Volume(slices=9, seed=2))
    found = look(zipped(files)).series
    assert (found.series_count, found.patient_count, found.slices, found.voxel_um) == (2, 1, 9, 250)


def test_several_patients_are_counted(look):
    files = slices(Volume(slices=4)) + slices(Volume(slices=4, patient_id="P-2002"))
    assert look(zipped(files)).series.patient_count == 2


def counts(series):
    return series.modality_count, series.size_count, series.birth_date_count


@pytest.mark.parametrize(
    ("keyword", "value", "expected"),
    [
        ("Modality", "CT", (1, 1, 1)),
        ("Modality", "MR", (2, 1, 1)),
        ("Modality", "", (2, 1, 1)),
        ("Rows", 32, (1, 2, 1)),
        ("Columns", 32, (1, 2, 1)),
        ("PatientBirthDate", "19840310", (1, 1, 2)),
        ("PatientBirthDate", "", (1, 1, 1)),
    ],
)
def test_one_slice_that_is_unlike_the_others_of_its_series_is_counted(look, keyword, value, expected):
    def change(dataset, number):
        if number == 2:
            setattr(dataset, keyword, value)

    series = changed_series(look, change, slices=5)
    assert counts(series) == expected
    assert (series.series_count, series.patient_count, series.modality) == (1, 1, "CT")


def test_slices_of_another_series_count_for_birth_dates_alone(look):
    other = slices(Volume(slices=2, seed=2, modality="MR", side_px=32, patient_born_on=date(1990, 1, 1)))
    assert counts(look(zipped(slices(Volume(slices=9)) + other)).series) == (1, 1, 2)


def test_the_same_patient_in_capitals_is_one_patient(look):
    def change(dataset, number):
        dataset.PatientName = "FONTANE^MIRA" if number else "Fontane^Mira"

    assert changed_series(look, change, slices=3).patient_count == 1


@pytest.mark.parametrize(("bits", "found_bits"), [(8, 8), (16, 16)])
def test_the_depth_of_pixels_is_told(look, bits, found_bits):
    assert series_of(look, bits=bits).bits_allocated == found_bits


def test_one_slice_of_8_bits_is_enough_to_be_told(look):
    files = slices(Volume(slices=3)) + slices(Volume(slices=4, bits=8))[3:]
    assert look(zipped(files)).series.bits_allocated == 8


def test_the_modality_is_told_in_capitals(look):
    content = slices(Volume())[0]
    assert look(content.replace(b"CS\x02\x00CT", b"CS\x02\x00mr")).series.modality == "MR"


def test_what_the_headers_do_not_say_is_none(look):
    def change(dataset, number):
        for keyword in ("Modality", "PatientName", "PatientID", "PixelSpacing", "SliceThickness", "Rows"):
            del dataset[keyword]

    found = changed_series(look, change, slices=3, patient_born_on=None, scanned_on=None)
    assert (found.modality, found.patient_name, found.patient_born_on, found.scanned_on) == (None,) * 4
    assert (found.voxel_um, found.thickness_um, found.rows) == (None, None, None)
    assert (found.increment_um, found.patient_count, found.series_count) == (250, 1, 1)


# --- Single objects --------------------------------------------------------------------------------------


def test_a_single_slice_is_dicom(look):
    inspection = look(slices(Volume())[0])
    assert (inspection.format, inspection.usable) == (FileFormat.DICOM, True)
    assert (inspection.series.slices, inspection.series.increment_um) == (1, None)


def test_a_radiograph_tells_its_spacing_at_the_detector(look):
    def change(dataset):
        del dataset.PixelSpacing
        dataset.ImagerPixelSpacing = [0.1, 0.1]
        dataset.Modality = "PX"

    found = look(rewritten(slices(Volume(is_oriented=False))[0], change)).series
    assert (found.modality, found.voxel_um, found.oriented) == ("PX", 100, False)


def multiframe(frames, *, is_described=True, missing=()):
    """An enhanced CT: one object with all slices."""

    def change(dataset):
        dataset.SOPClassUID = EnhancedCTImageStorage
        shared, orientation, measures = Dataset(), Dataset(), Dataset()
        orientation.ImageOrientationPatient = dataset.ImageOrientationPatient
        measures.PixelSpacing = [0.2, 0.2]
        measures.SliceThickness = 0.2
        measures.SpacingBetweenSlices = 0.4
        shared.PlaneOrientationSequence = [orientation]
        shared.PixelMeasuresSequence = [measures]
        dataset.SharedFunctionalGroupsSequence = [shared]
        heights = [0.2 * number for number in range(frames) if number not in missing]
        dataset.NumberOfFrames = len(heights)
        dataset.PixelData = dataset.PixelData * len(heights)
        del dataset.ImageOrientationPatient, dataset.PixelSpacing, dataset.SliceThickness
        del dataset.ImagePositionPatient
        if is_described:
            dataset.PerFrameFunctionalGroupsSequence = [_frame(height) for height in heights]

    return rewritten(slices(Volume(side_px=8))[0], change)


def _frame(height):
    frame, position = Dataset(), Dataset()
    position.ImagePositionPatient = [0, 0, height]
    frame.PlanePositionSequence = [position]
    return frame


def test_the_frames_of_one_object_are_slices(look):
    found = look(multiframe(20, missing=(4, 5))).series
    assert (found.slices, found.missing_slices) == (18, 2)
    assert (found.increment_um, found.voxel_um, found.thickness_um) == (200, 200, 200)
    assert found.oriented


def test_a_long_header_of_many_frames_is_read_to_its_end(look):
    content = multiframe(1500)
    assert look(content).series.slices == 1500
    assert look(zipped([content])).series.slices == 1500


def test_frames_that_are_not_described_have_the_spacing_of_the_header(look):
    found = look(multiframe(20, is_described=False)).series
    assert (found.slices, found.increment_um, found.voxel_um, found.oriented) == (20, 400, 400, False)


# --- Encodings -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_other_encodings_are_read(look, syntax):
    def change(dataset):
        dataset["PixelData"].VR = "OW"
        dataset.file_meta.TransferSyntaxUID = syntax

    first = slices(Volume())[0]
    is_little = syntax.is_little_endian
    dataset = pydicom.dcmread(io.BytesIO(first))
    change(dataset)
    written = io.BytesIO()
    pydicom.dcmwrite(written, dataset, implicit_vr=syntax.is_implicit_VR, little_endian=is_little, force_encoding=True)
    assert look(written.getvalue()).series == look(first).series


def test_compressed_pixels_of_no_stated_length_are_whole(look):
    def change(dataset):
        dataset.file_meta.TransferSyntaxUID = JPEG2000Lossless
        dataset.PixelData = pydicom.encaps.encapsulate([b"\xff\x4f\xff\x51 not really"])
        dataset["PixelData"].VR = "OB"
        dataset["PixelData"].is_undefined_length = True

    assert look(rewritten(slices(Volume())[0], change)).usable


def bare(content):
    """The dataset alone, without preamble and meta group, as old exports are."""
    return content[content.index(b"\x08\x00\x16\x00") :]


def implicit(content):
    """The same in the default transfer syntax."""
    dataset = pydicom.dcmread(io.BytesIO(content))
    dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    written = io.BytesIO()
    pydicom.dcmwrite(written, dataset, implicit_vr=True, little_endian=True, force_encoding=True)
    return written.getvalue()


@pytest.mark.parametrize("encode", [bare, lambda content: bare(implicit(content))], ids=["explicit", "implicit"])
def test_objects_without_a_preamble_are_dicom_all_the_same(look, encode):
    files = slices(Volume(slices=4))
    inspection = look(encode(files[0]))
    assert (inspection.format, inspection.usable) == (FileFormat.DICOM, True)
    assert look(zipped(map(encode, files))).series == look(zipped(files)).series


@pytest.mark.parametrize("beginning", [b"\x08\0\x05\0CS\x02\0AA", b"\x08\0\x05\0\x02\0\0\0AA" * 3, b"\x08\0" * 20])
def test_what_only_begins_like_dicom_is_none(look, beginning):
    assert look(beginning).format is FileFormat.UNKNOWN


def test_a_syntax_that_the_elements_contradict_is_not_believed(look):
    first = slices(Volume())[0]
    content = implicit(first).replace(b"1.2.840.10008.1.2\0", b"1.2.840.10008.1.9\0")
    assert b"1.2.840.10008.1.9" in content
    assert look(content).series == look(first).series


@pytest.mark.parametrize(
    ("syntax", "stated", "is_lossy"),
    [
        (JPEGBaseline8Bit, None, True),
        (JPEGExtended12Bit, None, True),
        (JPEGLosslessSV1, None, False),
        (JPEG2000Lossless, None, False),
        (JPEG2000, None, True),
        (JPEG2000, "00", False),
        (JPEGLSNearLossless, None, True),
        (RLELossless, None, False),
        (RLELossless, "01", True),
        (ExplicitVRLittleEndian, "01", True),
        (ExplicitVRLittleEndian, "00", False),
    ],
)
def test_pixels_that_lost_something_are_told(look, syntax, stated, is_lossy):
    def change(dataset):
        dataset.file_meta.TransferSyntaxUID = syntax
        if stated:
            dataset.LossyImageCompression = stated
        if syntax.is_encapsulated:
            dataset.PixelData = pydicom.encaps.encapsulate([b"not really"])
            dataset["PixelData"].VR = "OB"
            dataset["PixelData"].is_undefined_length = True

    inspection = look(rewritten(slices(Volume())[0], change))
    assert (inspection.usable, inspection.series.is_lossy) == (True, is_lossy)


@pytest.mark.parametrize(
    "kind",
    [
        "Media Storage Directory Storage",
        "Basic Text SR Storage",
        "X-Ray Radiation Dose SR Storage",
        "Encapsulated PDF Storage",
        "Encapsulated STL Storage",
        "Grayscale Softcopy Presentation State Storage",
        "Raw Data Storage",
        "Spatial Registration Storage",
        "Surface Segmentation Storage",
        "General Audio Waveform Storage",
        "RT Plan Storage",
        "RT Structure Set Storage",
        "Generic Implant Template Storage",
        "Basic Structured Display Storage",
    ],
)
def test_kinds_of_objects_without_pixels_are_known(kind):
    [uid] = [uid for uid, (name, *_) in UID_dictionary.items() if name == kind]
    assert dicom.is_without_image(uid)


def test_no_kind_of_image_is_taken_for_one_without_pixels():
    with_pixels = ("Image Storage", "RT Dose Storage", "Segmentation Storage", "Parametric Map Storage")
    kinds = [
        uid
        for uid, (name, *_) in UID_dictionary.items()
        if name.endswith(with_pixels) and not name.startswith("Surface")
    ]
    assert len(kinds) > 50
    assert not list(filter(dicom.is_without_image, kinds))


def deflated(content):
    """A DICOM file whose dataset is deflated."""
    dataset = pydicom.dcmread(io.BytesIO(content))
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    written = io.BytesIO()
    dataset.save_as(written)
    return written.getvalue()


def test_a_deflated_object_is_read(look):
    files = slices(Volume(slices=3))
    assert look(zipped(map(deflated, files))).series == look(zipped(files)).series
    assert look(deflated(files[0])).series == look(files[0]).series


def test_of_a_deflated_object_no_more_is_unpacked_than_of_others_is_read(look, monkeypatch):
    monkeypatch.setattr(dicom, "MAX_HEADER_BYTES", 100_000)
    content = slices(Volume())[0]
    at = content.index(b"\x28\x00\x02\x00")
    padding = b"\x09\x00\x10\x10UN\0\0" + (200_000).to_bytes(4, "little") + bytes(200_000)
    assert codes(look(deflated(content[:at] + padding + content[at:]))) == [Problem.TRUNCATED]


def test_what_cannot_be_inflated_is_corrupt(look):
    content = bytearray(deflated(slices(Volume())[0]))
    at = content.index(b"1.2.840.10008.1.2.1.99") + 22
    content[at:] = b"\xff" * (len(content) - at)
    assert codes(look(bytes(content))) == [Problem.CORRUPT]


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        (b"1984", b"19x4"),
        (b"19840309", b"19841399"),
        (b"20260105", b"2026-105"),
        (b"0.25\\0.25", b"0.25\\zero"),
        (b"0.25\\0.25", b"0.25\\ nan"),
        (b"0.25\\0.25", b"-9e99\\1e9"),
        (b"Fontane^Mira", b"Font\xff\xfe^\x1b$B~!"),
        (b"P-1001", b"\0\0\0\0\0\0"),
    ],
)
def test_broken_values_are_left_out_and_never_logged(look, caplog, keyword, value):
    content = slices(Volume())[0]
    assert keyword in content
    caplog.clear()
    inspection = look(content.replace(keyword, value))
    assert inspection.usable
    assert caplog.records == []
    assert inspection.series.rows == 64


@pytest.mark.parametrize(
    ("value", "broken"), [(b"US\x02\x00\x40\x00", b"US\x03\x00\x40\x00\x00"), (b"US\x02\x00\x40\x00", b"DS\x02\x00??")]
)
def test_a_number_in_a_broken_encoding_is_left_out(look, value, broken):
    content = slices(Volume())[0]
    inspection = look(content.replace(b"\x28\x00\x10\x00" + value, b"\x28\x00\x10\x00" + broken))
    assert (inspection.series.rows, inspection.series.columns) == (None, 64)


def test_a_broken_character_set_does_not_hide_the_rest(look):
    def change(dataset):
        dataset.SpecificCharacterSet = "ISO_IR 100"
        dataset.PatientName = "Yamada^Tarou"

    content = rewritten(slices(Volume())[0], change).replace(b"ISO_IR 100", b"ISO_IR XXX")
    assert look(content).series.patient_name == "Yamada^Tarou"


@pytest.mark.filterwarnings("ignore:The PN component length")
def test_a_name_of_absurd_length_is_cut(look):
    def change(dataset, number):
        dataset.PatientName = "A" * 3000

    assert len(changed_series(look, change, slices=2).patient_name) == 324


def test_a_date_may_have_dots(look):
    content = slices(Volume())[0].replace(b"\x08\x0019840309", b"\x0a\x001984.03.09")
    assert look(content).series.patient_born_on == date(1984, 3, 9)


# --- Names ---------------------------------------------------------------------------------------------------


def patient_of(look, name, charset=None):
    """The patient's name as it is read, from bytes as they stand in the file."""
    content = slices(Volume(patient_name="X" * 64))[0].replace(b"X" * 64, name.ljust(64))
    if charset is not None:
        at = content.index(b"\x08\x00\x16\x00")
        value = charset.encode().ljust(len(charset) + len(charset) % 2)
        content = content[:at] + b"\x08\x00\x05\x00CS" + len(value).to_bytes(2, "little") + value + content[at:]
    inspection = look(content)
    assert inspection.usable
    return inspection.series.patient_name


@pytest.mark.parametrize(
    ("charset", "codec", "name"),
    [
        ("ISO_IR 192", "utf_8", "Wang^XiaoDong=王^小东="),
        ("GB18030", "gb18030", "Wang^XiaoDong=王^小东="),
        ("GBK", "gbk", "王^小东"),
        ("ISO_IR 100", "latin_1", "Müller^Jürgen"),
        ("ISO_IR 101", "iso8859_2", "Wałęsa^Świętosława"),
        ("ISO_IR 144", "iso8859_5", "Холлоуэй^Мира"),
        ("ISO_IR 126", "iso8859_7", "Διονυσιος"),
        ("ISO_IR 127", "iso8859_6", "قباني^لنزار"),
        ("ISO_IR 138", "iso8859_8", "שרון^דבורה"),
        ("ISO_IR 148", "iso8859_9", "Çavuşoğlu"),
        ("ISO_IR 166", "iso8859_11", "สมชาย"),
        ("ISO_IR 13", "shift_jis", "ﾔﾏﾀﾞ^ﾀﾛｳ"),
        ("ISO_IR 203", "iso8859_15", "Šašek^Œ"),
    ],
)
def test_names_in_every_character_set_are_read(look, charset, codec, name):
    assert patient_of(look, name.encode(codec), charset) == name


@pytest.mark.parametrize(
    ("charset", "written", "name"),
    [
        # The examples of the standard (PS3.5, annexes H, I and K)
        (
            "\\ISO 2022 IR 87",
            b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
            "Yamada^Tarou=山田^太郎=やまだ^たろう",
        ),
        (
            "ISO 2022 IR 13\\ISO 2022 IR 87",
            b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J",
            "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎",
        ),
        (
            "\\ISO 2022 IR 149",
            b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf",
            "Hong^Gildong=洪^吉洞=홍^길동",
        ),
        ("\\ISO 2022 IR 58", b"Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab", "Zhang^XiaoDong=张^小东"),
        ("ISO 2022 IR 100\\ISO 2022 IR 144", b"\xc4ne\x1b-L\xbb\xee", "ÄneЛю"),
    ],
    ids=["Japanese", "Japanese with half-width letters", "Korean", "Chinese", "Cyrillic after Latin"],
)
def test_names_that_switch_between_character_sets_are_read(look, charset, written, name):
    assert patient_of(look, written, charset) == name


@pytest.mark.parametrize(
    ("charset", "written", "name"),
    [
        # No set, or one that the bytes contradict
        (None, "Müller^Jürgen".encode("latin_1"), "Müller^Jürgen"),
        (None, "Müller^Jürgen".encode(), "Müller^Jürgen"),
        ("ISO_IR 100", "Müller^Jürgen".encode(), "Müller^Jürgen"),
        ("ISO_IR 192", "Müller^Jürgen".encode("latin_1"), "Müller^Jürgen"),
        ("GB18030", b"M\xfcller^J\xff", "Müller^Jÿ"),
        ("KLINGON", "Müller".encode("latin_1"), "Müller"),
        ("ISO_IR 6", "Müller".encode("latin_1"), "Müller"),
        ("\\\\", b"Holloway^Mira", "Holloway^Mira"),
        ("ISO_IR 100", b"Ho\0lloway^Mira\0", "Holloway^Mira"),
        ("ISO_IR 100", b"A\x1b~B\x1b", "A\x1b~B\x1b"),
        ("ISO_IR 100", b"A\x1b-ZB\xfc\x1b$B\xff\xff\x1b(BC", "ABü\ufffd\ufffdC"),
    ],
)
def test_names_in_a_wrong_or_missing_character_set_are_read_as_well_as_they_can_be(look, charset, written, name):
    assert patient_of(look, written, charset) == name


# --- Cut and broken objects ------------------------------------------------------------------------------


def test_a_slice_that_ends_within_its_pixels_is_truncated(look):
    content = slices(Volume())[0]
    assert look(content).usable
    inspection = look(content[:-1])
    assert codes(inspection) == [Problem.TRUNCATED]
    assert inspection.series.slices == 1


@pytest.mark.parametrize("kept", [140, 400, 700])
def test_a_slice_that_ends_before_its_pixels_cannot_be_used(look, kept):
    inspection = look(slices(Volume())[0][:kept])
    assert codes(inspection) in ([Problem.TRUNCATED], [Problem.CORRUPT])
    assert inspection.series is None


def test_a_report_is_no_image(look):
    def change(dataset):
        dataset.SOPClassUID = BasicTextSRStorage
        del dataset.PixelData, dataset.Rows, dataset.Columns

    report = rewritten(slices(Volume())[0], change)
    assert codes(look(report)) == [Problem.CORRUPT]
    files = slices(Volume(slices=5))
    assert look(zipped([*files, report])).series == look(zipped(files)).series
    assert look(zipped([*files, report])).usable
    assert codes(look(zipped([report]))) == [Problem.CORRUPT]


def test_cut_and_unreadable_slices_of_a_series_are_counted(look):
    files = slices(Volume(slices=10))
    files[2] = files[2][:-100]
    files[5] = files[5][:300]
    files[6] = files[6][:132]
    inspection = look(zipped(files))
    assert codes(inspection) == [Problem.TRUNCATED, Problem.CORRUPT]
    assert [problem.says for problem in inspection.problems] == [
        "1 of 8 DICOM objects end within the image.",
        "2 of 10 DICOM objects cannot be read.",
    ]
    assert (inspection.series.slices, inspection.series.unreadable_slices) == (8, 2)


def test_a_series_of_nothing_but_unreadable_slices_is_corrupt(look):
    inspection = look(zipped([content[:132] for content in slices(Volume(slices=3))]))
    assert (inspection.format, codes(inspection)) == (FileFormat.DICOM_SERIES, [Problem.CORRUPT])
    assert inspection.series is None


def test_nested_sequences_without_end_are_a_problem_and_no_crash(look):
    content = slices(Volume())[0]
    at = content.index(b"\x08\x00\x16\x00")
    opening = b"\x40\x00\x75\x02SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
    inspection = look(content[:at] + opening * 20_000)
    assert codes(inspection) == [Problem.CORRUPT]


@pytest.mark.parametrize(
    "sequence",
    [
        # An item that is none, an item longer than its sequence, an end that is missing
        b"\x40\x00\x75\x02SQ\0\0\xff\xff\xff\xff\x08\x00\x60\x00\x02\0\0\0CT",
        b"\x00\x52\x30\x92SQ\0\0\x10\0\0\0\xfe\xff\x00\xe0\xff\0\0\0" + bytes(8),
        b"\x40\x00\x75\x02SQ\0\0\xff\xff\xff\xff",
        b"\x00\x52\x30\x92SQ\0\0\x04\0\0\0\xfe\xff\x00\xe0",
    ],
)
def test_sequences_that_contradict_themselves_are_a_problem_and_no_crash(look, sequence):
    content = slices(Volume())[0]
    at = content.index(b"\x28\x00\x02\x00")
    assert codes(look(content[:at] + sequence))[0] in {Problem.CORRUPT, Problem.TRUNCATED}


@pytest.mark.parametrize(
    "private",
    [
        (
            b"\x09\x00\x10\x10UN\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
            b"\x08\x00\x60\x00\x02\0\0\0MR\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0"
        ),
        (
            b"\x40\x00\x75\x02SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\x0a\0\0\0"
            b"\x28\x00\x10\x00US\x02\0\x07\0\xfe\xff\xdd\xe0\0\0\0\0"
        ),
        b"\x40\x00\x75\x02SQ\0\0\x12\0\0\0\xfe\xff\x00\xe0\x0a\0\0\0\x28\x00\x10\x00US\x02\0\x07\0",
    ],
    ids=["unknown, implicit inside", "marked end", "stated length"],
)
def test_what_stands_inside_of_other_sequences_is_not_of_the_slice(look, private):
    content = slices(Volume())[0]
    at = content.index(b"\x28\x00\x02\x00")
    assert look(content[:at] + private + content[at:]).series == look(content).series


def test_truncated_pixels_in_one_slice_of_a_series_are_told(look):
    files = slices(Volume(slices=6))
    files[3] = files[3][:-10]
    inspection = look(zipped(files))
    assert codes(inspection) == [Problem.TRUNCATED]
    assert inspection.problems[0].says == "1 of 6 DICOM objects end within the image."


def test_a_viewer_and_its_directory_beside_the_slices_change_nothing(look):
    files = slices(Volume(slices=5))
    beside = [
        ("DICOMDIR", b"\0" * 128 + b"DICM" + b"\0" * 100),
        ("VIEWER.EXE", b"MZ\x90" + bytes(5000)),
        ("autorun.inf", b"[autorun]\nopen=VIEWER.EXE\n"),
        ("ReadMe.txt", b"Start the viewer."),
        ("viewer/lib.dll", b"MZ" + bytes(range(256)) * 20),
    ]
    packed = zip_of([*((f"DATA/{number}", content) for number, content in enumerate(files)), *beside])
    assert look(packed).usable
    assert look(packed).series == look(zipped(files)).series


def test_a_scout_of_another_modality_is_another_series(look):
    def change(dataset):
        dataset.Modality = "DX"
        dataset.SeriesInstanceUID = "1.2.3"

    files = slices(Volume(slices=5))
    found = look(zipped([*files, rewritten(files[0], change)])).series
    assert (found.series_count, found.modality, found.slices) == (2, "CT", 5)


@pytest.mark.parametrize(
    "tiny",
    [
        b"\x09\x00\x10\x10LO\0\0" * 100_001,
        b"\x00\x52\x30\x92SQ\0\0\xff\xff\xff\xff" + b"\xfe\xff\x00\xe0\0\0\0\0" * 100_001,
    ],
    ids=["elements", "items"],
)
def test_headers_of_very_many_parts_are_not_taken_apart_to_the_end(look, tiny):
    content = slices(Volume())[0]
    at = content.index(b"\x28\x00\x02\x00")
    assert codes(look(content[:at] + tiny + content[at:])) == [Problem.CORRUPT]


def test_a_header_that_never_ends_is_not_read_to_the_end(look, monkeypatch):
    monkeypatch.setattr(dicom, "MAX_HEADER_BYTES", 100_000)
    content = slices(Volume())[0]
    at = content.index(b"\x28\x00\x02\x00")
    padding = b"\x09\x00\x10\x10UN\0\0" + (1_000_000).to_bytes(4, "little") + bytes(1_000_000)
    inspection = look(content[:at] + padding + content[at:])
    assert codes(inspection) == [Problem.TRUNCATED]
    assert inspection.bytes_read <= 100_000
    packed = look(zipped([content[:at] + padding + content[at:]]))
    assert codes(packed) == [Problem.CORRUPT]


def test_of_a_large_series_only_the_beginnings_are_read(look):
    content = cbct_zip(Volume(slices=20, side_px=256))
    inspection = look(content)
    assert inspection.series.slices == 20
    assert inspection.bytes_read < len(content) / 2
