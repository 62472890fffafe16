"""Whom a care team treats in an office: how sick and how heavy its patients are at most.

The limits are the product's defaults, to be judged by a care team's medical director: with a physical status up to
III patients are usually treated in an office, with IV and more in a hospital, whoever asks; and of very heavy
patients the airway is hard to hold, and many a dental chair carries no more than 150 kg.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class WeightClass(StrEnum):
    """Body weight, as it decides about equipment and doses; in their order."""

    UNDER_20_KG = "under_20_kg"
    KG_20_TO_49 = "20_to_49_kg"
    KG_50_TO_99 = "50_to_99_kg"
    KG_100_TO_149 = "100_to_149_kg"
    OVER_150_KG = "over_150_kg"


class AsaClass(StrEnum):
    """Physical status (American Society of Anesthesiologists); IV and more is not treated in an office. In order."""

    I = "1"  # noqa: E741 - the name of the class
    II = "2"
    III = "3"


#: What each class but the last is below of, kilograms.
BELOW_KG: Final[Mapping[WeightClass, int]] = {
    WeightClass.UNDER_20_KG: 20,
    WeightClass.KG_20_TO_49: 50,
    WeightClass.KG_50_TO_99: 100,
    WeightClass.KG_100_TO_149: 150,
}
_ASA_CLASSES: Final = tuple(AsaClass)
_WEIGHT_CLASSES: Final = tuple(WeightClass)


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """Whom a care team treats at most.

    Attributes:
        max_asa_class: The sickest.
        max_weight_class: The heaviest.
    """

    max_asa_class: AsaClass = AsaClass.III
    max_weight_class: WeightClass = WeightClass.KG_100_TO_149

    def takes_status(self, asa_class: AsaClass) -> bool:
        """Whether patients of a physical status are treated."""
        return _ASA_CLASSES.index(asa_class) <= _ASA_CLASSES.index(self.max_asa_class)

    def takes_weight(self, weight_class: WeightClass) -> bool:
        """Whether patients of a weight are treated."""
        return _WEIGHT_CLASSES.index(weight_class) <= _WEIGHT_CLASSES.index(self.max_weight_class)


#: Of a care team that says nothing else.
USUAL_SCREENING: Final = Screening()
