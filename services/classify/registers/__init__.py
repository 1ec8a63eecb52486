"""The registers that are known, and the files in which each is published."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from services.classify.registers import (
    charity_commission_extract,
    england_wales_list,
    links,
    mergers,
    northern_ireland,
    scotland_removed,
    sports_clubs,
    typed_names,
)
from services.classify.registers.rows import Contents


class Register(NamedTuple):
    """One published register: its name here, its title, its files and how they are read."""

    source: str
    title: str
    file: str
    read: Callable[..., Contents]


REGISTERS: Sequence[Register] = (
    Register(
        england_wales_list.SOURCE,
        "Charities of England and Wales, rebuilt from public lists",
        "charities_england_wales.csv",
        england_wales_list.read,
    ),
    Register(
        charity_commission_extract.SOURCE,
        "Charity Commission for England and Wales, public extract",
        "publicextract.charity.zip",
        charity_commission_extract.read,
    ),
    Register(
        northern_ireland.SOURCE,
        "Charity Commission for Northern Ireland",
        "charities_northern_ireland.csv",
        northern_ireland.read,
    ),
    Register(
        scotland_removed.SOURCE,
        "Scottish Charity Regulator, former charities",
        "charities_scotland_removed.csv",
        scotland_removed.read,
    ),
    Register(
        sports_clubs.SOURCE,
        "HM Revenue and Customs, community amateur sports clubs",
        "casc.csv",
        sports_clubs.read,
    ),
    Register(
        typed_names.SOURCE,
        "Organisations of the United Kingdom by type, names only",
        "organisation_names_uk.csv",
        typed_names.read,
    ),
    Register(
        links.MUTUALS,
        "Registered societies and their company numbers",
        "link_mutual-companies.csv",
        links.read_mutuals,
    ),
    Register(
        "company-numbers",
        "Company numbers of charitable incorporated organisations",
        "link_cio-company-numbers.csv",
        links.read_same,
    ),
    Register(
        "dual-registrations",
        "Charities registered in Scotland and in England and Wales",
        "link_dual-registered-uk-charities.csv",
        links.read_same,
    ),
    Register(
        "reregistrations",
        "Charities registered anew under another number",
        "link_charity-reregistrations.csv",
        links.read_reregistrations,
    ),
    Register(
        "mergers",
        "Charity Commission for England and Wales, register of mergers",
        "link_ccew-register-of-mergers.csv",
        mergers.read,
    ),
)


def find_registers(folder: Path) -> list[tuple[Register, Path]]:
    """The registers whose files lie in `folder`, or in a folder of the extract inside it.

    A folder whose name says that it is a sample is passed over unless it is named itself: the
    names of a sample may be invented.
    """
    folders = [folder, *sorted(folder.glob("ccew_extract*"))]
    return [
        (register, path)
        for place in folders
        if place == folder or "sample" not in place.name
        for register in REGISTERS
        for path in (place / register.file, place / f"{register.file}.gz")
        if path.is_file()
    ]
