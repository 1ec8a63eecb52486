"""Who is paid in the sample. Every organisation is invented, with numbers that no register gives.

Charity numbers start with 9 (the register stands at seven digits below 1,300,000), company numbers
with 99, so that none can be taken for a real organisation.
"""

from typing import NamedTuple


class Provider(NamedTuple):
    """A VCSE organisation as its register has it, and as the ledger prints it.

    Without a charity number it stands in a list of names only, under `form`, or nowhere.
    `ledger_name` is what the ledger prints instead of the name; `sometimes` is another one, used in
    the third quarter, with the charity number beside it where `number_printed`.
    """

    name: str
    charity_number: str | None = None
    company_number: str | None = None
    form: str | None = None
    ledger_name: str | None = None
    sometimes: str | None = None
    number_printed: bool = False


CIC = "Community Interest Company"
SOCIETY = "Registered Society"
SPORTS_CLUB = "Community Amateur Sports Club"

PROVIDERS = (
    Provider("Thornbeck Hospice", "9000101", "99000101"),
    Provider("Harrowfell Hospice at Home", "9000102"),
    Provider("Lantern Row Bereavement Support", "9000103", "CE990103"),
    Provider(
        "Brackenshaw Mind and Memory Limited",
        "9000104",
        "99000104",
        ledger_name="BRACKENSHAW MIND & MEMORY LTD",
    ),
    Provider("Kestrel Gate Community Mental Health", "9000105", "99000105"),
    Provider(
        "Millrace Recovery Partnership",
        "9000106",
        "99000106",
        # A clerk's own shortening: no register has it, no rule may guess it.
        sometimes="MILLRACE RECOVERY P/SHIP (LDS)",
    ),
    Provider("The Aldersyke Crisis House", "9000107", ledger_name="ALDERSYKE CRISIS HOUSE"),
    Provider("Wharfholme Talking Therapies CIC", form=CIC),
    Provider("Fernlea and Copperbeck Dementia Trust", "9000109", "99000109"),
    Provider("Copperbeck Peer Support Network", "9000110", "CE990110"),
    Provider("Saltersyke Women's Counselling", "9000111"),
    Provider("Northbeck Veterans' Wellbeing CIC", form=CIC),
    Provider("Ashgarth Autism and Neurodiversity Charity", "9000113"),
    Provider(
        "Ravengarth Young People's Trust",
        "9000114",
        "99000114",
        # Its old name, which no register of this sample has: the printed number decides.
        sometimes="RAVENGARTH BOYS CLUB",
        number_printed=True,
    ),
    Provider("Little Wharfholme Family Centre", "9000115"),
    # Two charities of this name stand in the register: a person must say which one it is.
    Provider("Hollingarth Youth Counselling", "9000116"),
    Provider("Beckside Link Workers CIC", form=CIC),
    Provider("Thornbeck Community Anchor Limited", form=SOCIETY),
    Provider("Millrace Neighbourhood Network", "9000119", "99000119"),
    Provider("Brackenshaw Harriers and Walkers Club", form=SPORTS_CLUB),
    Provider("Copperbeck Older People's Forum", "9000121"),
    Provider("Ashgarth Voluntary Action", "9000122", "99000122"),
    # An unincorporated group: in no register, and VCSE all the same. Coverage must show it.
    Provider("Kestrel Gate Refugee Welcome Group"),
)
BY_NAME = {provider.name: provider for provider in PROVIDERS}

OTHER_CHARITIES = (
    Provider("Hollingarth Youth Counselling", "9000216"),
    Provider("Ravengarth Scouts and Guides Hall Fund", "9000201"),
    Provider("Saltersyke Day Nursery Association", "9000202"),
    Provider("Foxlow Community Transport", "9000203", "99000203"),
    Provider("The Wharfholme Almshouse Charity", "9000204"),
    Provider("Millrace Advice Centre", "9000205", "99000205"),
    Provider("Aldersyke Carers' Circle", "9000206"),
    Provider("Harrowfell Riding for Recovery", "9000207", "CE990207"),
)
REMOVED_CHARITY = Provider("Foxlow Lunch Club", "9000208")
"""In the register as removed: whether it still counts depends on the day of the payment."""


class OtherPayee(NamedTuple):
    """A supplier that is not VCSE, what it is paid a year, and under which unit or programme."""

    name: str
    heading: str | None
    pounds: int


PAID_BY_THE_ICB = (
    OtherPayee("WHARFHOLME MENTAL HEALTH NHS FOUNDATION TRUST", "Adult mental health", 6_120_000),
    OtherPayee("HARROWFELL GP FEDERATION LTD", "Social prescribing", 640_000),
    OtherPayee("ALDERSYKE CARE HOMES LTD", "Older people", 1_310_000),
    OtherPayee("WHARFHOLME BOROUGH COUNCIL", "Children and young people", 480_000),
    OtherPayee("NORTHBECK LEGAL LLP", None, 52_000),
)
PAID_BY_THE_COUNCIL = (
    OtherPayee("WHARFHOLME MENTAL HEALTH NHS FOUNDATION TRUST", "Adults and Health", 2_400_000),
    OtherPayee("WHARFHOLME BOROUGH COUNCIL", "City Development", 310_000),
    OtherPayee("ALDERSYKE CARE HOMES LTD", "Adults and Health", 1_850_000),
    OtherPayee("COPPERBECK SURFACING PLC", "Highways", 1_240_000),
    OtherPayee("BECKSIDE HIGH SCHOOL", "Children and Families", 186_000),
    OtherPayee("THORNBECK TAXIS LIMITED", "Children and Families", 92_000),
    OtherPayee("NORTHBECK LEGAL LLP", "Resources", 64_000),
    OtherPayee("MILLRACE STATIONERS", "Resources", 8_400),
    OtherPayee("G ARKENDALE T/A ARKENDALE JOINERY", "Housing", 21_600),
)
REDACTED = ("REDACTED PERSONAL DATA", "NAME WITHHELD")
