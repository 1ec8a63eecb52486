"""What an export is asked for, and by whom it is published."""

from dataclasses import dataclass
from datetime import date

from services.api.asked.periods import Span


@dataclass(frozen=True)
class Publisher:
    """What registrars and departments gave the publisher; None where nothing was set.

    `ocid_prefix` is that of the Open Contracting registrar, `grant_prefix` that of 360Giving,
    `department_family` the department under which HM Treasury's columns list its bodies.
    """

    ocid_prefix: str | None = None
    grant_prefix: str | None = None
    department_family: str | None = None


UNSET = Publisher()


@dataclass(frozen=True)
class AskedExport:
    """The facts of one buyer over some days, as they stand on the day `today`.

    `buyer_name` is None where nobody said what the buyer is called. A grant is one to a VCSE
    organisation by `definition`, which only the list of such grants asks for.
    """

    buyer: str
    buyer_name: str | None
    span: Span
    today: date
    publisher: Publisher = UNSET
    definition: str = ""
    uri: str | None = None
