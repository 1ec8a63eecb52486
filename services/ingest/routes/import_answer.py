"""An import as its doors show it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row

from services.ingest.imports.settled import Settled, settled_as, still_rejected
from services.ingest.imports.tally import Count
from services.ingest.queries.imports import IMPORT_STATES
from services.ingest.queries.tally_columns import read_tally
from services.ingest.republication.republication import Verdict
from services.ingest.republication.republication_report import republication_as_json
from services.ingest.routes.sheet_answer import SheetShown, show_sheet
from shared.money import POUNDS_PATTERN, format_pounds

_COUNT = {"rows": 412, "pounds": "91873.20"}
_NOT_USED = "the last answer could not be used"


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


class ImportShown(BaseModel):
    """An import: its rows are accepted, known, rejected, corrected, dismissed or skipped."""

    model_config = ConfigDict(frozen=True)

    import_id: str
    buyer: str = Field(examples=["GB-LAE-BRD"])
    file: str = Field(examples=["bradford.parquet"])
    run: int = Field(description="How often this very file was imported")
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
    """A page of imports, the newest first; `next` is the `after` of the page that follows."""

    model_config = ConfigDict(frozen=True)

    imports: list[ImportShown]
    next: str | None


def show_import(
    row: Row[Any], request: Row[Any] | None, settled: Sequence[Settled], *, officer: bool
) -> ImportShown:
    """An import's row, with what was asked of the service and which rejects are settled since.

    What of the file's values may be a name is shown to an `officer` of the buyer only.
    """
    tally = read_tally(row)
    sheets = [show_sheet(sheet, officer=officer) for sheet in row.sheets]
    failure = None if request is None else request.failure
    if failure is not None and any(each.question_withheld for each in sheets):
        failure = _NOT_USED
    left = still_rejected(tally.rejected_by_reason, settled)
    return ImportShown(
        import_id=str(row.import_id),
        buyer=row.buyer,
        file=row.name,
        run=row.run,
        state=row.state,
        failure=failure,
        rows_about=None if request is None else request.rows_about,
        started_at=row.started_at,
        moved_at=row.moved_at,
        read=tally.read,
        accepted=_count(tally.accepted),
        already_known=_count(tally.already_known),
        rejected=_count(sum(left.values(), Count())),
        corrected=CorrectedRowsShown(
            accepted=_count(settled_as("accepted", settled)),
            already_known=_count(settled_as("already_known", settled)),
        ),
        dismissed=_count(settled_as("dismissed", settled)),
        skipped_by_kind=_counts(tally.skipped_by_kind),
        rejected_by_reason={reason: _numbered(count) for reason, count in left.items()},
        reworded_by_field=_counts(tally.reworded_by_field),
        repeated=_numbered(tally.repeated),
        first_date=tally.first_date,
        last_date=tally.last_date,
        sheets=[each.sheet for each in sheets],
        republication=row.republication
        and RepublicationShown.model_validate(republication_as_json(row.republication)),
        taking_back=row.taking_back and _taking_back(row.taking_back),
        withheld=any(each.withheld for each in sheets),
    )


def _taking_back(kept: Mapping[str, Any]) -> TakingBackShown:
    counts = {
        name: CountShown(rows=kept[name]["rows"], pounds=format_pounds(kept[name]["pence"]))
        for name in ("withdrawn", "restored", "kept")
    }
    return TakingBackShown(who=kept["who"], reason=kept["reason"], at=kept["at"], **counts)


def _count(count: Count) -> CountShown:
    return CountShown(rows=count.rows, pounds=format_pounds(count.pence))


def _numbered(count: Count) -> NumberedShown:
    return NumberedShown(
        rows=count.rows, pounds=format_pounds(count.pence), first_rows=list(count.first)
    )


def _counts(counts: Mapping[str, Count]) -> dict[str, CountShown]:
    return {name: _count(count) for name, count in counts.items()}
