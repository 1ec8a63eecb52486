"""The registers that are known, and the files in which each is published."""

from collections.abc import Iterator, Sequence
from datetime import date
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from services.classify.registers import (
    charity_commission_extract,
    companies,
    england_wales_list,
    government,
    health_services,
    links,
    local_authorities,
    mergers,
    mutuals,
    northern_ireland,
    schools,
    scotland,
    scotland_removed,
    sports_clubs,
    typed_names,
    universities,
)
from services.classify.registers.reading.contents import ReadParts, whole
from services.classify.registers.reading.values import day_in_name


class Register(NamedTuple):
    """One published register: its name here, its title, its files and how they are read.

    `files` are patterns of file names, without the endings of tables and archives.
    """

    source: str
    title: str
    files: tuple[str, ...]
    parts: ReadParts


REGISTERS: Sequence[Register] = (
    Register(
        england_wales_list.SOURCE,
        "Charities of England and Wales, rebuilt from public lists",
        ("charities_england_wales",),
        whole(england_wales_list.read),
    ),
    Register(
        charity_commission_extract.SOURCE,
        "Charity Commission for England and Wales, public extract",
        ("publicextract.charity",),
        charity_commission_extract.read_parts,
    ),
    Register(
        northern_ireland.SOURCE,
        "Charity Commission for Northern Ireland",
        ("charities_northern_ireland", "charitydetails*"),
        whole(northern_ireland.read),
    ),
    Register(
        scotland.SOURCE,
        "Scottish Charity Regulator, register",
        ("CharityExport*", "charities_scotland"),
        whole(scotland.read),
    ),
    Register(
        scotland_removed.SOURCE,
        "Scottish Charity Regulator, former charities",
        ("charities_scotland_removed",),
        whole(scotland_removed.read),
    ),
    Register(
        sports_clubs.SOURCE,
        "HM Revenue and Customs, community amateur sports clubs",
        ("casc",),
        whole(sports_clubs.read),
    ),
    Register(
        companies.SOURCE,
        "Companies House, free company data",
        ("BasicCompanyDataAsOneFile-*", "BasicCompanyData-*-part1_*"),
        companies.read_parts,
    ),
    Register(
        mutuals.SOURCE,
        "Financial Conduct Authority, mutuals public register",
        ("SocietyList*",),
        whole(mutuals.read),
    ),
    Register(
        typed_names.SOURCE,
        "Organisations of the United Kingdom by type, names only",
        ("organisation_names_uk",),
        typed_names.read_parts,
    ),
    Register(
        links.MUTUALS,
        "Registered societies and their company numbers",
        ("link_mutual-companies",),
        whole(links.read_mutuals),
    ),
    Register(
        "company-numbers",
        "Company numbers of charitable incorporated organisations",
        ("link_cio-company-numbers",),
        whole(links.read_same),
    ),
    Register(
        "dual-registrations",
        "Charities registered in Scotland and in England and Wales",
        ("link_dual-registered-uk-charities",),
        whole(links.read_same),
    ),
    Register(
        "reregistrations",
        "Charities registered anew under another number",
        ("link_charity-reregistrations",),
        whole(links.read_reregistrations),
    ),
    Register(
        "mergers",
        "Charity Commission for England and Wales, register of mergers",
        ("link_ccew-register-of-mergers",),
        whole(mergers.read),
    ),
    Register(
        health_services.TRUSTS,
        "NHS Organisation Data Service, trusts",
        ("etr", "ods_etr*"),
        whole(health_services.read_trusts),
    ),
    Register(
        health_services.GROUPS,
        "NHS Organisation Data Service, clinical commissioning groups",
        ("eccg", "ods_eccg"),
        whole(health_services.read_groups),
    ),
    Register(
        health_services.PRACTICES,
        "NHS Organisation Data Service, general practices",
        ("epraccur", "ods_epraccur"),
        whole(health_services.read_practices),
    ),
    Register(
        health_services.BOARDS,
        "Office for National Statistics, integrated care boards",
        ("icb_names_codes*", "Integrated_Care_Boards_*Names_and_Codes*"),
        whole(health_services.read_boards),
    ),
    Register(
        local_authorities.SOURCE,
        "mySociety, local authorities of the United Kingdom",
        ("uk_local_authorities*", "mysociety_uk_local_authorities*"),
        whole(local_authorities.read),
    ),
    Register(
        government.AUTHORITIES,
        "GOV.UK register of English local authorities",
        ("local-authority-eng", "govuk_register_local_authority_eng"),
        whole(government.read_authorities),
    ),
    Register(
        government.ORGANISATIONS,
        "GOV.UK register of government organisations",
        ("government-organisation", "govuk_register_government_organisation"),
        whole(government.read_organisations),
    ),
    Register(
        schools.SOURCE,
        "Department for Education, schools and colleges",
        ("edubasealldata*",),
        whole(schools.read),
    ),
    Register(
        universities.SOURCE,
        "Learning providers of higher education",
        ("learning-providers-plus*",),
        whole(universities.read),
    ),
)
_ENDINGS = (".csv", ".csv.gz", ".zip")


def find_registers(folder: Path) -> list[tuple[Register, Path]]:
    """The registers whose files lie in `folder`, each with its newest file.

    Also in the folders `registers` and `public_bodies` inside or beside it, and in a folder of the
    Charity Commission's extract in any of them. A folder whose name says that it is a sample is
    passed over unless it is named itself: the names of a sample may be invented.
    """
    files = [path for place in _places(folder) for path in sorted(place.iterdir())]
    found = []
    for register in REGISTERS:
        own = [path for path in files if _is_of(register, path) and path.is_file()]
        if own:
            found.append((register, max(own, key=_edition)))
    return found


def register_of(file: Path) -> Register | None:
    """The register that publishes files of this name."""
    return next((register for register in REGISTERS if _is_of(register, file)), None)


def _is_of(register: Register, path: Path) -> bool:
    stems = [path.name.removesuffix(end) for end in _ENDINGS if path.name.endswith(end)]
    return any(fnmatch(stem, pattern) for stem in stems for pattern in register.files)


def _edition(path: Path) -> tuple[date, str]:
    return day_in_name(path) or day_in_name(path.parent) or date.min, path.name


def _places(folder: Path) -> Iterator[Path]:
    beside = [folder / "registers", folder / "public_bodies"]
    if folder.name == "registers":
        beside.append(folder.parent / "public_bodies")
    for place in (folder, *beside):
        if place.is_dir():
            yield place
            extracts = sorted(place.glob("ccew_extract*"))
            yield from (each for each in extracts if each.is_dir() and "sample" not in each.name)
