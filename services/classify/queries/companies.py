"""The five million companies of Companies House: loaded as a table, looked up exactly."""

from collections.abc import Iterable, Sequence
from typing import Any

from services.classify.matching.known import COMPANY, BorneName
from services.classify.organisation import Company, Organisation
from services.classify.registers.companies import REGISTER, SOURCE

_COLUMNS = ", ".join(f"c.{field}" for field in Company._fields)


async def prepare_companies(connection: Any) -> None:
    """Make the table into which an edition is copied, beside the one in force."""
    await connection.execute("create table companies_loading (like companies)")


async def copy_companies(connection: Any, companies: Iterable[Company]) -> None:
    """Add rows to the edition that is being loaded."""
    await connection.copy_records_to_table(
        "companies_loading", records=companies, columns=Company._fields
    )


async def replace_companies(connection: Any) -> None:
    """Put the loaded edition in the place of the one in force.

    Readers wait for the last steps only, which take no time: the indexes are made before. Deleting
    and inserting the rows would leave the table and its indexes at twice their size.
    """
    for step in (
        "alter table companies_loading add constraint companies_loading_pkey primary key (number)",
        "create index companies_loading_by_words on companies_loading (words)",
        "analyze companies_loading",
        "drop table companies",
        "alter table companies_loading rename to companies",
        "alter index companies_loading_pkey rename to companies_pkey",
        "alter index companies_loading_by_words rename to companies_by_words",
    ):
        await connection.execute(step)


async def find_companies(
    connection: Any, words: Sequence[str], org_ids: Iterable[str]
) -> list[tuple[Organisation, BorneName]]:
    """The companies that bear one of these names or numbers, each with its name.

    Those that are organisations of the register in their own right (a community interest company,
    a company limited by guarantee) are found there, with their former names, and not again here.
    """
    numbers = [org_id.removeprefix(COMPANY) for org_id in org_ids if org_id.startswith(COMPANY)]
    rows = await connection.fetch(
        f"select {_COLUMNS} from companies c"  # noqa: S608 - our own column names
        " where (c.number = any($1) or c.words = any($2)) and not exists"
        " (select from organisations o where o.source = $3 and o.key = $4 || c.number)",
        numbers,
        list(words),
        SOURCE,
        COMPANY,
    )
    return [_found(Company(*row)) for row in rows]


def _found(company: Company) -> tuple[Organisation, BorneName]:
    key = COMPANY + company.number
    return (
        Organisation(
            SOURCE,
            key,
            key,
            company.name,
            REGISTER,
            company.legal_form,
            registered_on=company.registered_on,
            removed_on=company.removed_on,
            company_number=company.number,
            postcode=company.postcode,
            removed_why=company.removed_why,
        ),
        BorneName(company.words, SOURCE, key, company.name, "current"),
    )
