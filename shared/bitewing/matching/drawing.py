"""A schedule as a page: the calendar of days, who is vacant, what each clinician does, and each day with its teams.

It is one file of HTML that asks for nothing from elsewhere and runs no script, so that it can be mailed and printed;
its policy says so to the browser. Nothing is told by color alone.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from html import escape
from typing import Final

from bitewing.matching.figures import Figures, Workdays, figures_of, workdays_of
from bitewing.matching.instance import ROLES, FixedDay, Instance, Request, drive
from bitewing.matching.rules import objective
from bitewing.matching.schedule import Assignment, Schedule

_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_ROLE_NAMES: Final = {"N": "nurse", "M": "medic", "A": "anesthesiologist"}
#: So many Case Days a day are named in the calendar; where a day has more, all are counted, and the list names them.
_NAMED_A_DAY: Final = 8
#: Up to so many Case Days, the lists of all days are open from the start.
_OPEN: Final = 100
#: Of the strip of a clinician, pixels: a day, at most, and all of it.
_DAY_PX: Final = 8
_STRIP_PX: Final = 300
#: The bar of a clinician who has most days, in the size of letters.
_BAR_REM: Final = 8
_NUMBER: Final = ' class="n"'

_STYLE: Final = """
:root{color-scheme:light dark;--back:#fff;--text:#1b1f24;--soft:#57606a;--line:#c9d1d9;--card:#f4f6f8;
--link:#0550ae;--work:#1f6f3a;--can:#bfe3c8;--fixed:#5b4bb5;--vacant:#a4262c;--week:#8c959f}
@media(prefers-color-scheme:dark){:root{--back:#12161b;--text:#e6e9ed;--soft:#a3adb8;--line:#3a434d;--card:#1b2128;
--link:#7cb7ff;--work:#56c271;--can:#22492f;--fixed:#b1a5ff;--vacant:#ff9a94;--week:#6b7681}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:90rem;padding:1rem 1.5rem 4rem;background:var(--back);color:var(--text);
font:15px/1.45 system-ui,sans-serif;font-variant-numeric:tabular-nums}
h1{font-size:1.6rem;margin:.5rem 0}h2{font-size:1.25rem;margin:2.2rem 0 .4rem}
a{color:var(--link)}a:focus-visible,summary:focus-visible,.wide:focus-visible{outline:3px solid var(--link);
outline-offset:2px}
p,.note{color:var(--soft);margin:.3rem 0 .8rem;max-width:70ch}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(10.5rem,1fr));gap:.6rem;margin:1rem 0}
dl div{background:var(--card);border:1px solid var(--line);border-radius:.4rem;padding:.5rem .7rem}
dt{color:var(--soft);font-size:.85rem}dd{margin:0;font-size:1.15rem;font-weight:600}
nav ul{display:flex;flex-wrap:wrap;gap:.4rem 1.2rem;list-style:none;padding:0;margin:.5rem 0}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%}
caption{text-align:left;color:var(--soft);padding:.2rem 0 .4rem}
th,td{border:1px solid var(--line);padding:.25rem .5rem;text-align:left;vertical-align:top}
th{background:var(--card);font-weight:600}th.n,td.n{text-align:right}td.n{white-space:nowrap}
.calendar{table-layout:fixed;min-width:46rem}.calendar th:first-child{width:5.5rem;white-space:nowrap}
.calendar td.none{background:var(--card)}
.calendar ul{list-style:none;margin:.2rem 0 0;padding:0;font-size:.82rem}
.calendar li{border-left:3px solid var(--work);padding-left:.35rem;margin-top:.25rem;overflow-wrap:anywhere}
.calendar li.f{border-color:var(--fixed)}
.bar{display:block;position:relative;height:.65rem;border-radius:.2rem;margin-top:.2rem;
background:linear-gradient(var(--work) 0 0) 0/var(--w) 100% no-repeat,
linear-gradient(var(--can) 0 0) 0/var(--c,0%) 100% no-repeat var(--line)}
.bar i{position:absolute;left:calc(var(--t) - 1px);top:-.2rem;bottom:-.2rem;width:3px;background:var(--text)}
.v{color:var(--vacant);font-weight:600}.calendar .v{display:block}.f{color:var(--fixed)}
svg{display:block;height:1.1rem;background:repeating-linear-gradient(90deg,var(--week) 0 1px,transparent 1px
calc(7*var(--day))) calc(var(--first)*var(--day)) 0 var(--card)}
svg .a{fill:var(--can)}svg .w{fill:var(--work)}svg .x{fill:var(--fixed)}
.key{display:inline-block;width:.8rem;height:.8rem;border-radius:.15rem;vertical-align:-.1rem}
.key.a{background:var(--can)}.key.w{background:var(--work)}.key.x{background:var(--fixed)}
details{border-bottom:1px solid var(--line);content-visibility:auto;contain-intrinsic-size:auto 2.2rem}
summary{cursor:pointer;padding:.4rem .2rem;font-weight:600}summary span{font-weight:400}
details .wide{padding-bottom:.8rem}details>div{scroll-margin-top:3.2rem}
@media print{body{max-width:none}nav{display:none}details{content-visibility:visible}
details::details-content{content-visibility:visible;block-size:auto}}
""".strip()


def page_of(instance: Instance, assignments: Sequence[Assignment], *, bound: int | None) -> str:
    """Return the page of a schedule that can be held.

    It has about 250 bytes for each request and 500 for each clinician: 1.5 MB for 4,000 requests and 900 clinicians.

    Args:
        instance: What was matched.
        assignments: What became of it; see :func:`bitewing.matching.rules.violations`.
        bound: What no schedule exceeds; ``None`` where nothing is proven.
    """
    return "".join(_Page(instance.in_order(), assignments, bound).parts())


class _Page:
    """The parts of a page, in their order."""

    def __init__(self, instance: Instance, assignments: Sequence[Assignment], bound: int | None) -> None:
        self._instance, self._assignments, self._bound = instance, assignments, bound
        served = {each.request_id for each in assignments}
        self._vacant = sorted(
            (each for each in instance.requests if each.request_id not in served),
            key=lambda each: (-each.priority, each.request_id),
        )
        self._of_day, self._fixed_on = defaultdict[int, list[Assignment]](list), defaultdict[int, list[FixedDay]](list)
        for assignment in sorted(assignments, key=lambda each: each.request_id):
            self._of_day[assignment.day].append(assignment)
        for fixed in instance.fixed:
            self._fixed_on[fixed.day].append(fixed)
        self._desired_on = defaultdict[int, list[Request]](list)
        self._possible_on = defaultdict[int, list[Request]](list)
        for request in self._vacant:
            self._desired_on[request.dates[0][0]].append(request)
            for day, _ in request.dates:
                self._possible_on[day].append(request)
        days = range(instance.n_days)
        self._most = max(len(self._of_day[day]) + len(self._fixed_on[day]) for day in days)

    def parts(self) -> Iterator[str]:
        title = f"Schedule of {_count(self._instance.n_days, 'day')}"
        # The policy: nothing from elsewhere, no script. The empty icon keeps browsers from asking for one.
        yield (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content='
            '"width=device-width,initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src '
            '\'none\';style-src \'unsafe-inline\';img-src data:"><meta name="robots" content="noindex">'
            f'<link rel="icon" href="data:,"><title>{title}</title><style>{_STYLE}</style></head><body>'
        )
        yield f"<header><h1>{title}</h1>"
        yield from self._figures()
        yield (
            '</header><nav aria-label="Parts of this page"><ul><li><a href="#calendar">Calendar</a><li><a '
            'href="#vacancies">Vacancies</a><li><a href="#load">Load of clinicians</a><li><a href="#days">All days</a>'
            "</ul></nav><main>"
        )
        yield from self._calendar()
        yield from self._vacancies()
        yield from self._loads()
        yield from self._days()
        yield "</main></body></html>\n"

    def _figures(self) -> Iterator[str]:
        instance, assignments = self._instance, self._assignments
        figures, worth = figures_of(instance, assignments), objective(instance, assignments)
        yield "<dl>"
        for name, value in (
            ("Requests served", f"{figures.served:,} of {len(instance.requests):,}"),
            ("Vacant", f"{len(self._vacant):,}"),
            *((("Fixed Case Days", f"{len(instance.fixed):,}"),) if instance.fixed else ()),
            ("Objective", f"{worth:,}"),
            *_of_bound(worth, self._bound),
            *_of_members(figures),
        ):
            yield f"<div><dt>{name}</dt><dd>{value}</dd></div>"
        yield "</dl>"

    def _calendar(self) -> Iterator[str]:
        instance = self._instance
        yield (
            '<section id="calendar"><h2>Calendar</h2><p>Each day leads to its teams below. A request that is not '
            "served is counted as vacant on the day that its practice would like best.</p>"
        )
        yield from _table("calendar", "Case Days and vacancies by day", ("Week", *_WEEKDAYS))
        last = instance.n_days - 1
        for week in range(instance.week(0), instance.week(last) + 1):
            yield f'<tr><th scope="row">Week {week + 1}</th>'
            first = 7 * week - instance.first_weekday
            for day in range(first, first + 7):
                yield self._day_of_calendar(day) if 0 <= day <= last else '<td class="none"></td>'
            yield "</tr>"
        yield "</tbody></table></div></section>"

    def _day_of_calendar(self, day: int) -> str:
        served, fixed, vacant = self._of_day[day], self._fixed_on[day], self._desired_on[day]
        name = self._name(day)
        if not (served or fixed or self._possible_on[day]):
            return f"<td>{name}</td>"
        count = len(served) + len(fixed)
        parts = [f'<td><a href="#d{day}">{name}</a> {_count(count, "Case Day")}']
        if vacant:
            parts.append(f' <span class="v">{len(vacant):,} vacant</span>')
        if self._most > _NAMED_A_DAY:
            parts.append(f'<span class="bar" style="--w:{100 * count // self._most}%"></span>')
        elif count:
            parts.append("<ul>")
            parts += (_named(each.practice_id, self._in_order(each.team), ' class="f"') for each in fixed)
            parts += (_named(self._practice_of(each), each.team) for each in served)
            parts.append("</ul>")
        return "".join(parts) + "</td>"

    def _vacancies(self) -> Iterator[str]:
        yield f'<section id="vacancies"><h2>Vacancies</h2><p>{_count(len(self._vacant), "request")} not served.</p>'
        if self._vacant:
            headings = ("Request", "Practice", "State", "Kind", "Priority", "Skills needed", "Days asked for")
            yield from _table("", "Requests that are not served, the most urgent first", headings, numbers={"Priority"})
            for each in self._vacant:
                state = self._instance.practice[each.practice_id].state
                dates = ", ".join(f'<a href="#d{day}">{self._name(day)}</a>' for day, _ in each.dates)
                yield (
                    f"<tr>{_row_heading(each.request_id)}<td>{escape(each.practice_id)}<td>{escape(state)}"
                    f'<td>{escape(each.kind)}<td class="n">{each.priority}<td>{_skills(each)}<td>{dates}</tr>'
                )
            yield "</tbody></table></div>"
        yield "</section>"

    def _loads(self) -> Iterator[str]:
        instance = self._instance
        loads = sorted(workdays_of(instance, self._assignments), key=lambda each: ROLES.index(each.clinician.role))
        yield (
            '<section id="load"><h2>Load of clinicians</h2><p>Of the days on which a clinician can work, a bar '
            "is filled as far as they do; its mark is how many they would like. In the strip, lines part weeks: "
            '<span class="key a"></span> can work, <span class="key w"></span> works, '
            '<span class="key x"></span> works on a fixed day.</p>'
        )
        if loads:
            most = max(_scale(load) for load in loads)
            headings = ("Clinician", "Role", "Days", "Would like", "Can", "Of these", "Busiest week")
            more = ("Longest row", "Weekend days", "Minutes driven", f"Days 0 to {instance.n_days - 1}")
            numbers = {"Days", "Would like", "Can", "Busiest week", *more[:-1]}
            yield from _table("", "What each does, against what they would like and can", headings + more, numbers)
            for load in loads:
                yield self._load(load, most)
            yield "</tbody></table></div>"
        yield "</section>"

    def _load(self, load: Workdays, most: int) -> str:
        clinician, days = load.clinician, len(load.days)
        scale = _scale(load)
        numbers = (
            f"{load.busiest_week} of {clinician.max_days_per_week}",
            f"{load.longest_row} of {clinician.max_days_in_row}",
            str(load.weekend_days),
            f"{load.drive_min:,}",
        )
        bar = (
            f'<span class="bar" style="--w:{100 * days // scale}%;--c:{100 * load.available // scale}%;'
            f"--t:{100 * clinician.target_days // scale}%;"
            f'width:{_BAR_REM * scale / most:.1f}rem"><i></i></span>'
        )
        return (
            f"<tr>{_row_heading(clinician.clinician_id)}<td>{_ROLE_NAMES[clinician.role]}"
            f'<td class="n">{days}<td class="n">{clinician.target_days}<td class="n">{load.available}<td>{bar}'
            + "".join(f'<td class="n">{each}' for each in numbers)
            + f"<td>{self._strip(load)}</tr>"
        )

    def _strip(self, load: Workdays) -> str:
        n_days = self._instance.n_days
        px = min(_DAY_PX, max(_STRIP_PX // n_days, 1))
        planned = [day for day in load.days if self._instance.is_planned(day)]
        free = [day for day in planned if day not in load.fixed]
        said = ", ".join(str(day) for day in planned) or "none"
        return (
            f'<svg role="img" aria-label="Works on days: {said}" viewBox="0 0 {n_days} 1" preserveAspectRatio="none" '
            f'style="width:{px * n_days}px;--day:{px}px;--first:{-self._instance.first_weekday % 7}">'
            + _path("a", ((first, last - first + 1) for first, last in load.clinician.windows))
            + _path("w", ((day, 1) for day in free))
            + _path("x", ((day, 1) for day in planned if day in load.fixed))
            + "</svg>"
        )

    def _days(self) -> Iterator[str]:
        yield (
            '<section id="days"><h2>All days</h2><p>Beside each member: minutes driven, one way. '
            "★ the practice prefers them. ◆ the team likes to work together.</p>"
        )
        state = " open" if len(self._assignments) + len(self._instance.fixed) <= _OPEN else ""
        for day in range(self._instance.n_days):
            served, fixed, possible = self._of_day[day], self._fixed_on[day], self._possible_on[day]
            if not (served or fixed or possible):
                continue
            vacant = f' · <span class="v">{len(possible):,} vacant could be here</span>' if possible else ""
            name = self._name(day)
            count = _count(len(served) + len(fixed), "Case Day")
            # The name of the place is inside: a browser that goes there opens what is around it.
            yield f'<details{state}><summary>{name} <span>· {count}{vacant}</span></summary><div id="d{day}">'
            if served or fixed:
                roles = (_ROLE_NAMES[role].capitalize() for role in ROLES)
                headings = ("Request", "Practice", "State", "Kind", "Priority", *roles, "Team", "Date loses")
                yield from _table("", f"Case Days of {name}", headings, {"Priority", "Date loses"})
                yield from (self._fixed_row(each) for each in fixed)
                yield from (self._row(each) for each in served)
                yield "</tbody></table></div>"
            if possible:
                names = ", ".join(f"{escape(each.request_id)} ({escape(each.practice_id)})" for each in possible)
                yield f'<p class="note">Not served, and could be here: {names}.</p>'
            yield "</div></details>"
        yield "</section>"

    def _row(self, assignment: Assignment) -> str:
        request = self._instance.request[assignment.request_id]
        practice = self._instance.practice[request.practice_id]
        team = "◆" if frozenset(assignment.team) in self._instance.preferred_teams else ""
        members = "".join(f"<td>{self._member(request.practice_id, one)}" for one in assignment.team)
        return (
            f"<tr>{_row_heading(request.request_id)}<td>{escape(practice.practice_id)}<td>{escape(practice.state)}"
            f'<td>{escape(request.kind)}<td class="n">{request.priority}{members}<td>{team}'
            f'<td class="n">{dict(request.dates)[assignment.day]}</tr>'
        )

    def _fixed_row(self, fixed: FixedDay) -> str:
        practice = self._instance.practice[fixed.practice_id]
        members = "".join(f"<td>{self._member(fixed.practice_id, one)}" for one in self._in_order(fixed.team))
        return (
            f"<tr>{_row_heading(fixed.fixed_id)}<td>{escape(practice.practice_id)}<td>{escape(practice.state)}"
            f'<td class="f">fixed<td class="n">-{members}<td><td class="n">-</tr>'
        )

    def _member(self, practice_id: str, clinician_id: str) -> str:
        practice = self._instance.practice[practice_id]
        minutes = drive(practice, self._instance.clinician[clinician_id])
        far = "" if minutes is None else f" {minutes} min"
        return f"{escape(clinician_id)}{far}{' ★' if clinician_id in practice.preferred else ''}"

    def _in_order(self, team: Iterable[str]) -> list[str]:
        """Return the members of a team in the order of roles."""
        return sorted(team, key=lambda one: ROLES.index(self._instance.clinician[one].role))

    def _practice_of(self, assignment: Assignment) -> str:
        return self._instance.request[assignment.request_id].practice_id

    def _name(self, day: int) -> str:
        return f"{_WEEKDAYS[(day + self._instance.first_weekday) % 7]}&nbsp;{day}"


def _table(class_: str, caption: str, headings: Iterable[str], numbers: Collection[str] = ()) -> Iterator[str]:
    """Yield the beginning of a table, up to its first row; wide ones are scrolled on their own, by keys, too."""
    yield f'<div class="wide" role="region" aria-label="{caption}" tabindex="0"><table class="{class_}">'
    yield f"<caption>{caption}</caption><thead><tr>"
    yield from (f'<th scope="col"{_NUMBER if each in numbers else ""}>{each}</th>' for each in headings)
    yield "</tr></thead><tbody>"


def _row_heading(text: str) -> str:
    return f'<th scope="row">{escape(text)}</th>'


def _named(practice_id: str, team: Iterable[str], class_: str = "") -> str:
    """Return a Case Day as the calendar names it."""
    return f"<li{class_}>{escape(practice_id)}: {escape(', '.join(team))}</li>"


def _skills(request: Request) -> str:
    needed = (f"{_ROLE_NAMES[role]}: {', '.join(sorted(request.needs(role)))}" for role in ROLES if request.needs(role))
    return escape("; ".join(needed)) or "-"


def _of_members(figures: Figures) -> Iterator[tuple[str, str]]:
    members = len(ROLES) * figures.served
    yield "Minutes driven", f"{figures.drive_min:,}"
    yield "Minutes a member", f"{figures.drive_min / members:.0f}" if members else "-"
    yield "Preferred by practices", f"{figures.preferred:,} of {members:,}"
    yield "Teams that like to work together", f"{figures.teams:,}"


def _of_bound(worth: int, bound: int | None) -> Iterator[tuple[str, str]]:
    if bound is not None:
        gap = Schedule(assignments=(), objective=worth, bound=bound).gap
        yield "At most possible", f"{bound:,}"
        yield "From the best, at most", f"{100 * gap:.3f} %" if gap else "0: it is the best"


def _scale(load: Workdays) -> int:
    """Return the days that a bar stands for; what is fixed can be more than what they said they can."""
    return max(load.available, len(load.days), load.clinician.target_days, 1)


def _path(class_: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return spans of days, each a first day and a length, as one shape; nothing where there are none."""
    drawn = "".join(f"M{first} 0h{length}v1h-{length}z" for first, length in spans)
    return f'<path class="{class_}" d="{drawn}"/>' if drawn else ""


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
