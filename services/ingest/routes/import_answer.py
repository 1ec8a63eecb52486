"""What the doors show of an import; show_import.py fills it."""

from datetime import date, datetime
from typing import get_args

from pydantic import BaseModel, ConfigDict, Field

from services.ingest.queries.imports import IMPORT_STATES
from services.ingest.republication.republication import Verdict
from services.ingest.routes.sheet_answer import SheetShown
from shared.money import POUNDS_PATTERN

_COUNT = {"rows": 412, "pounds": "91873.20"}


class CountShown(BaseModel):
    """Rows, and the pounds of those whose amount can be read."""

    model_config = ConfigDict(frozen=True)

    rows: int = Field(examples=[732291])
    pounds: str = Field(pattern=POUNDS_PATTERN, examples=["2748593011.07"])


class NumberedShown(CountShown):
    """Rows with the numbers of the first of them."""

    first_rows: list[int] = Field(
        description="Numbers of the first of them, as a spreadsheet shows them",
        examples=[[3, 7, 12]],
    )


class CorrectedLinesShown(BaseModel):
    """Lines of the earlier file that this one states otherwise."""

    model_config = ConfigDict(frozen=True)

    rows: int
    pounds_before: str = Field(pattern=POUNDS_PATTERN)
    pounds_after: str = Field(pattern=POUNDS_PATTERN)
    by_rule: dict[str, int] = Field(examples=[{"same reference": 3}])


class MonthShown(BaseModel):
    """The lines of a month before and after."""

    model_config = ConfigDict(frozen=True)

    before: CountShown
    after: CountShown


class RepublicationShown(BaseModel):
    """What the file changes of an earlier one, or would where the import waits."""

    model_config = ConfigDict(frozen=True)

    earlier_import: str | None = Field(description="null: none is of these months")
    earlier_file: str | None = Field(examples=["april.csv"])
    also: list[str] = Field(description="Other earlier files of which the same holds")
    verdict: str = Field(
        description="ask: a POST to `decision`, or `import --replaces` or `--adds`, says it",
        json_schema_extra={"enum": list(get_args(Verdict))},
    )
    rule: str = Field(examples=["same months, every other line names the one it corrects"])
    unchanged: int = Field(description="Lines of the earlier file that this one repeats")
    corrected: CorrectedLinesShown
    reworded: CountShown = Field(description="The same payments, described otherwise or further")
    new: CountShown = Field(description="Lines that no earlier file states")
    gone: CountShown = Field(description="No longer there: withdrawn where this file replaces it")
    restored: CountShown = Field(description="Withdrawn before, and stated again")
    months: dict[str, MonthShown] = Field(
        description="By month: what stands of the earlier files, and what then stands of both",
        examples=[{"2024-04": {"before": _COUNT, "after": _COUNT}}],
    )


class CorrectedRowsShown(BaseModel):
    """Rows that were rejected and corrected since: pounds as corrected."""

    model_config = ConfigDict(frozen=True)

    accepted: CountShown
    already_known: CountShown


class TakingBackShown(BaseModel):
    """Who took an import back, why, and what that did to the ledger."""

    model_config = ConfigDict(frozen=True)

    who: str
    reason: str
    at: datetime
    withdrawn: CountShown = Field(
        description="Payments that it stated and that count no longer, until a file states them"
    )
    restored: CountShown = Field(
        description="Lines of earlier files that it had corrected or withdrawn: as before"
    )
    kept: CountShown = Field(
        description="What counts all the same: payments that another file states too, or the "
        "agreements of a list, which a newer one varies"
    )


class SameBytesShown(BaseModel):
    """An import of the very same bytes for the same buyer."""

    model_config = ConfigDict(frozen=True)

    import_id: str
    buyer: str = Field(examples=["GB-LAE-BRD"])
    file: str = Field(description="Its name then", examples=["april.csv"])
    started_at: datetime


class ImportShown(BaseModel):
    """An import: its rows are accepted, known, rejected, corrected, dismissed or skipped."""

    model_config = ConfigDict(frozen=True)

    import_id: str
    buyer: str = Field(examples=["GB-LAE-BRD"])
    file: str = Field(examples=["bradford.parquet"])
    run: int = Field(description="How often this very file was imported")
    same_bytes_as: SameBytesShown | None = Field(
        default=None,
        description="The import that brought the very same bytes for the buyer first, where that "
        "was another; to who sends bytes that are known (200), the import that there is",
    )
    state: str = Field(
        description="waiting: to be begun. needs_mapping: a POST to `mapping` answers its sheets' "
        "questions. needs_decision: a POST to `decision` does. taken_back: somebody undid it",
        json_schema_extra={"enum": list(IMPORT_STATES)},
    )
    failure: str | None = Field(
        description="Why it failed, or why the last answer to its question could not be used; "
        "where that would repeat values that are withheld, only that it could not"
    )
    rows_about: int | None = Field(
        description="About how many rows the file has, where the service imports it and that is "
        "known: `read` are done"
    )
    started_at: datetime
    moved_at: datetime
    read: int
    accepted: CountShown
    already_known: CountShown
    changed: CountShown = Field(
        description="Of the already known: those by which this import corrected, reworded or "
        "restored a payment of an earlier file (`republication`). The others changed nothing"
    )
    rejected: CountShown = Field(description="And neither corrected nor dismissed since")
    corrected: CorrectedRowsShown = Field(
        description="Rejected, corrected since by an officer, and used"
    )
    dismissed: CountShown = Field(
        description="Rejected, and said since to be none that could be used"
    )
    skipped_by_kind: dict[str, CountShown] = Field(
        description="blank, header, total, note, of another body (as somebody answered), and "
        "sheet: rows of sheets that are not read"
    )
    rejected_by_reason: dict[str, NumberedShown]
    reworded_by_field: dict[str, CountShown] = Field(
        description="Of the already known: those that say something else in this field than the "
        "ledger, which keeps what it was told first"
    )
    repeated: NumberedShown = Field(
        description="Of the accepted and already known: those that say the same as a row above "
        "them. They count, since instalments and split lines do: look whether they are meant"
    )
    first_date: date | None
    last_date: date | None
    sheets: list[SheetShown]
    republication: RepublicationShown | None = Field(
        description="null where no earlier file of the buyer is of the same days"
    )
    taking_back: TakingBackShown | None = Field(description="null unless it was taken back")
    withheld: bool = Field(
        description="Values of its sheets that may be personal names are not shown: personal:read "
        "for the buyer shows them"
    )


class ImportsShown(BaseModel):
    """A page of imports, the newest first; `next` is the `cursor` of the page that follows."""

    model_config = ConfigDict(frozen=True)

    imports: list[ImportShown]
    next: str | None
