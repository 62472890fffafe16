"""Names of people as they stand in a case, in a scan and in the name of a file, and whether they can be one.

Names are compared as sets of words without case, accents, order and initials; one side may leave words out. What
is written in other letters cannot be compared, and contradicts nothing.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Final

from bitewing.kernel.names import script_of
from bitewing.kernel.names import words_of as words_of_name
from bitewing.requirements.implants import IMPLANTS, MAKER_ALIASES

#: Scripts that write names without spaces, as Unicode's names of characters begin.
_WITHOUT_SPACES: Final = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI"})

#: Words of file names that are no names of people: of dentistry, of scanners and planning software, of cameras
#: and computers. Compared without case.
_NO_NAMES: Final = """
    abutment aligner analog ankylos anonymous anterior antagonist appliance arch archive arm astra back bar base
    before after biocare biomet bite body bone bottom bridge bruxism buccal canine capture carestream case cast cbct
    cement cerec ceramic check clinic clinical close color contact copy crown dental dentist dentsply denture design
    diagnostic dicom digital disc distal document down edit emax end equator exocad exoplan export face facial file
    fill final first fixed form frame framework front full gingiva gingival guard guide gum hand healing high
    horizontal image images img implant impression import incisal info inlay insurance intra intraoral invisalign
    invoice itero jaw job jpeg jpg keep key lab laboratory lateral left letter library line lingual low lower mandible
    mandibular manual margin master material maxilla maxillary medit mesh mesial mock model modeljaw molar monday
    tuesday wednesday thursday friday saturday sunday january february march april may june july august september
    october november december morning mouth neodent new night nobel notes occlusal occlusion old onlay open opposing
    oral order original other ortho osstem overview pan pano panorama panoramic partial patient pdf photo photos pic
    picture plan planmeca planning png point pontic posterior post practice prep preparation prescription preview
    primescan print profile project provisional quadrant ready receipt record relaxed remake removable request
    retainer retracted retractor rest result retry revised ridge right root sample scan scanbody scanner scans screen
    screenshot screw second section segment sent series shade shape shot side signed simplant sirona slice smile
    smiling splint spring stage standard start state stitch stl stone straumann study stump summer surface surgery
    surgical system tab tap temp temporary test third three tibase titanium tooth teeth top trial trios try tryin two
    one type untitled update updated upload upper veneer version vertical video view viewer vita wax waxup whatsapp
    wing with without work xray ray zimmer zip zirconia dr dds dmd prof doctor family mr mrs ms street office studio
    center centre group the and for from acrylic adapted aligned analogs area articulator asap attachment attachments
    axis best bio blue bodies boil bonded bridges calibration canal caps card cart ceph chairside clasp cleaned closed
    coping copings crowns custom cut cuts cutback data date dated default demo digitized drill driver dual duplicate
    duplicated edentulous edge edited email error esthetic excursion extra extraction extractions facebow fiducial
    fixture flange flipper folder fullarch fused gold graft hard header healed hinge hollow hybrid immediate implants
    incisors inhouse insert intaglio internal jig kit latest layer layered level locator marked marker markers
    membrane merged metal micro milled milling mini modified modifier molars multi multiunit natural nerve nesting
    nightguard occlude occluded only option options output overdenture package palate palatal part parts path pin pins
    plate platform plus pocket ponticless premolar premolars preop pressed printed printing prosthetic protrusion
    protrusive pulled push quad quadrants raw rebase ref reference refine refined region relation reline repair report
    resin retainers ring rush scanbodies sector seat selfie separate set shell short single sinus site sites sky
    sleeve sleeves soft software solid special splinted stackable stained stent step stick stitched stock stop
    submission super support supported survey technician template texture thank thanks tilt tissue tissues tmj torque
    transfer tray trays trim trimmed tube twin unit units unknown urgent verification waxed whole wide xrays you zone
    please see attached your our my his her same next last adin amann anatomage anthogyr aoralscan argen asiga bego
    blueskyplan bredent bruxzir carbon codiagnostix conelog dandy dentaurum dentium dentca dexis emerald ewoo formlabs
    galileos girrbach glidewell gc heraeus hyperdent imes icore inlab instrumentarium invivo ivoclar katana kavo
    keystone kulzer launca lava lithium disilicate meshmixer millbox modellier modellieren morita multilayer nemotec
    newtom nextdent noritake obsidian orthophos owandy panda paltop prettau promote realguide romexis runyes shining
    sidexis smilecloud southern sprintray suprinity telio thommen vatech vhf virtuo vivadent vivo wieland zenostar
    zirkonzahn abschluss bissnahme kiefer modell oberkiefer unterkiefer zahn bw dsc dsd dtx fmx fpd hdr mov obj opg
    pfm ply rpd srp usb uuid via
"""
#: Words of places where people work: what stands beside them is the name of a business, not of a patient.
_OF_BUSINESSES: Final = """
    associates care center centre ceramics clinic clinica clinics dental dentists dentistry dds dmd endodontics
    esthetics group inc institute lab laboratories laboratory labs llc llp medical mount office orthodontics partners
    periodontics pllc practice prosthodontics smiles studio surgeons surgery
"""
_BUSINESS: Final = frozenset(_OF_BUSINESSES.split())
#: What scanners write behind the patient's name.
_OF_SCANS: Final = """
    bite lower lowerjaw lowerjawscan mandible mandibular maxilla maxillary upper upperjaw upperjawscan
"""
_SCANS: Final = frozenset(_OF_SCANS.split())
#: The makers of implants and their systems are no patients either.
_PRODUCTS: Final = (*IMPLANTS, *(system for systems in IMPLANTS.values() for system in systems), *MAKER_ALIASES)
_VOCABULARY: Final[frozenset[str]] = _SCANS | {*_NO_NAMES.split(), *" ".join(_PRODUCTS).casefold().split()}
_VOWEL: Final = re.compile("[AEIOUYaeiouy\u00c0-\u024f]")
#: Shorter words without small and capital letters beside each other are abbreviations.
_LEAST_LETTERS: Final = 3
_EXTENSION: Final = re.compile(r"(?:\.[A-Za-z0-9]{1,5}){1,2}$")
#: What parts words in a file name. A dot ends one, but for a version such as 1.2.
_PARTS: Final = re.compile(r"[\s_.\-+()\[\]{}#&;:@=/\\]+")
_FAMILY_FIRST: Final = re.compile(r"([^\W\d_]{2,}(?:[ '\u2019-][^\W\d_]{2,})?)(?:\^|, ?)([^\W\d_]{2,})")
_LEAST_WORDS, _MOST_WORDS = 2, 4

_YEAR_FIRST: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)([-._]?)(\d\d)\2(\d\d)(?!\d)")
_YEAR_LAST: Final = re.compile(r"(?<!\d)(\d\d)([-._])(\d\d)\2((?:19|20)\d\d)(?!\d)")


def can_be_one(one: str, other: str) -> bool:
    """Whether two names can be of one person; a name without any word can be anybody's.

    Args:
        one: A name, in up to three scripts parted by "=", as in DICOM.
        other: A name.
    """
    compared = [same for group in one.split("=") if (same := _compared(_words(group), _words(other))) is not None]
    return not compared or any(compared)


def names_in(file_name: str) -> Iterator[frozenset[str]]:
    """The names that a file name plainly states, each as its words; most file names state none.

    Plain are "Family^Given", "Family, Given", and two to four words in a row that are nothing else: capitalized or in
    capitals ("SMITH JOHN"), or two in small letters beside what a scanner calls its scan ("smith_john_upper"). Beside a
    word such as "dental" they are the name of a business. What is not plain is left unread.
    """
    stem = _EXTENSION.sub("", file_name)
    rest = _FAMILY_FIRST.sub("|", stem)
    for match in _FAMILY_FIRST.finditer(stem):
        words = _words(f"{match[1]} {match[2]}")
        if not words & _VOCABULARY:
            yield words
    parts = [_PARTS.split(part) for part in rest.split("|")]
    known = {word.casefold() for words in parts for word in words}
    if known & _BUSINESS:
        return
    for part in parts:
        runs = list(_runs(part, _is_capitalized))
        if not runs and known & _SCANS:
            runs = [run for run in _runs(part, _is_small) if len(run) == _LEAST_WORDS]
        yield from (_words(" ".join(run)) for run in runs)


def dates_in(file_name: str) -> Iterator[frozenset[date]]:
    """The dates that a file name states, each as the days that it can mean: 03-04-1980 is March 4 or April 3."""
    for match in _YEAR_FIRST.finditer(file_name):
        yield frozenset(_days((match[1], match[3], match[4])))
    for match in _YEAR_LAST.finditer(file_name):
        yield frozenset(_days((match[4], match[1], match[3]), (match[4], match[3], match[1])))


def words_of(names: Iterable[str]) -> frozenset[str]:
    """All words of several names, as they are compared."""
    return frozenset(word for name in names for word in _words(name))


def _runs(words: Iterable[str], reads: Callable[[str], bool]) -> Iterator[list[str]]:
    run: list[str] = []
    for word in (*words, ""):
        if reads(word) and word.casefold() not in _VOCABULARY:
            run.append(word)
            continue
        if _LEAST_WORDS <= len(run) <= _MOST_WORDS:
            yield run
        run = []


def _is_capitalized(word: str) -> bool:
    if word.isupper():
        return _is_pronounced(word)
    return len(word) > 1 and word.isalpha() and word[0].isupper() and word[1:].islower()


def _is_small(word: str) -> bool:
    return word.islower() and _is_pronounced(word)


def _is_pronounced(word: str) -> bool:
    return word.isalpha() and len(word) >= _LEAST_LETTERS and bool(_VOWEL.search(word))


def _days(*readings: tuple[str, str, str]) -> Iterator[date]:
    for year, month, day in readings:
        try:
            yield date(int(year), int(month), int(day))
        except ValueError:
            continue


def _compared(words: frozenset[str], others: frozenset[str]) -> bool | None:
    """Whether one side has nothing that the other lacks; ``None`` where they have no script in common."""
    scripts = {script_of(word) for word in words} & {script_of(word) for word in others}
    if not scripts:
        return None
    mine, theirs = ([word for word in side if script_of(word) in scripts] for side in (words, others))
    return _are_in(mine, theirs) or _are_in(theirs, mine)


def _are_in(words: Iterable[str], others: Iterable[str]) -> bool:
    whole = set(others)
    unspaced = ["".join(order) for order in (sorted(whole), sorted(whole, reverse=True))]
    return all(
        word in whole or (script_of(word) in _WITHOUT_SPACES and any(word in each for each in unspaced))
        for word in words
    )


def _words(name: str) -> frozenset[str]:
    # Scanners write numbers beside names, and people have none in theirs.
    return words_of_name(name, keeps=str.isalpha)
