"""The bodies of the reports API."""

from bitewing.aws.bodies import View
from bitewing.reports.rule_report import RuleLine, RuleReport, Section
from bitewing.requirements.case_types import CaseType
from pydantic import Field


class RuleLineView(View):
    """How one rule did."""

    rule_id: str
    fired: int = Field(description="Sendings during whose preparation the rule found something, mended or not.")
    overridden: int = Field(description="Sendings that went out although the rule warned: it was acknowledged.")
    came_back: int = Field(description="Sendings that the lab gave back for something that the rule checks.")
    fired_share: float | None = Field(description="`fired` of all sendings, 0 to 1; null without any.")
    overridden_share: float | None = Field(description="`overridden` of `fired`, 0 to 1; null where it never fired.")
    came_back_share: float | None = Field(description="`came_back` of all sendings, 0 to 1; null without any.")

    @classmethod
    def of(cls, line: RuleLine) -> "RuleLineView":
        """Return a rule's line as the API shows it."""
        return cls(
            rule_id=line.rule_id,
            fired=line.fired,
            overridden=line.overridden,
            came_back=line.came_back,
            fired_share=line.fired_share,
            overridden_share=line.overridden_share,
            came_back_share=line.came_back_share,
        )


class SectionView(View):
    """How sendings did, of one case type or of all together."""

    case_type: CaseType | None = Field(description="Null for all case types together.")
    submissions: int = Field(description="Sendings of cases by practices, first ones and repeated ones.")
    came_back: int = Field(description="Those that the lab has given back, as returned or as missing information.")
    first_submissions: int = Field(description="Cases that practices sent, in the month of the first sending.")
    first_came_back: int = Field(
        description="Of these, cases of which the lab has given back the first sending that it received."
    )
    first_pass_rate: float | None = Field(
        description=(
            "Share of these cases that the lab has not given back so, 0 to 1; null without any. "
            "It can fall as long as cases are on their way."
        )
    )
    rules: list[RuleLineView] = Field(
        description="The rules that did something, first what most came back for; a rule that is not here did nothing."
    )

    @classmethod
    def of(cls, section: Section) -> "SectionView":
        """Return a section as the API shows it."""
        return cls(
            case_type=section.case_type,
            submissions=section.submissions,
            came_back=section.came_back,
            first_submissions=section.first_submissions,
            first_came_back=section.first_came_back,
            first_pass_rate=section.first_pass_rate,
            rules=[RuleLineView.of(line) for line in section.rules],
        )


class RuleReportView(View):
    """How well the rules of PreCheck work."""

    lab_id: str | None = Field(description="Null for all labs together.")
    from_month: str = Field(description="The first month, in UTC.", examples=["2025-04"])
    to_month: str = Field(description="The last month, in UTC.", examples=["2026-03"])
    total: SectionView
    by_type: list[SectionView]

    @classmethod
    def of(cls, report: RuleReport) -> "RuleReportView":
        """Return a report as the API shows it."""
        return cls(
            lab_id=report.lab_id,
            from_month=report.from_month,
            to_month=report.to_month,
            total=SectionView.of(report.total),
            by_type=[SectionView.of(section) for section in report.by_type],
        )
