"""The statements that make a read model of a size, in their order.

Of each buyer some 25,000 suppliers, of which 600 have most lines; of a supplier one of 200 units,
or the one beside it. One in seven is a body that counts under some definition, one in ten of those
from a day or until one. One in fifty lines is a credit.
"""

_SUPPLIER_OF = "md5(buyer || ' ' || who)::uuid"
_CODING_OF = "md5(concat_ws(chr(31), buyer, unit, expense_type, programme))::uuid"

SUPPLIERS = (
    """
    insert into suppliers (supplier_id, revision, payee, tier, rule, evidence, organisation,
        organisation_name, legal_form, redacted, memberships, candidates, exclusions, flags,
        income_band, places, reach, recorded_at)
    select md5(buyer || ' ' || who)::uuid, 1, 'SUPPLIER ' || who, tier, 'exact-name', '[]',
        case when tier = 'auto' then 'GB-COH-' || lpad((who + 7 * number)::text, 8, '0') end,
        case when tier = 'auto' then 'Supplier ' || who || ' of ' || number end,
        case when tier = 'auto' then (array['charity', 'company', 'public-body', 'cic'])[
            1 + (who % 7 > 0)::int + (who % 11 = 0)::int] end,
        who % 40 = 3, '[]', '[]', '[]', '[]',
        case when tier = 'auto' and who % 7 = 0 then (array['under 10k', '10k to 100k',
            '100k to 1m', '1m to 5m', '5m and above'])[1 + who % 5] end,
        '[]', case when tier = 'auto' then (array['local', 'regional', 'national'])[1 + who % 3]
            end, timestamptz '2025-04-01'
    from (select who, number, buyer, case when who % 20 = 19 then 'review'
            when who % 40 = 3 or who % 5 > 2 then 'none' else 'auto' end as tier
        from generate_series(0, 25000) as who,
            unnest(array['GB-LAE-BRD', 'GB-LAE-CLD', 'GB-LAE-KIR', 'GB-LAE-LDS', 'GB-NHS-QWO'])
            with ordinality as paying (buyer, number)) as made
    """,
)
PAID_IN_YEAR = f"""
    insert into payments (payment_id, buyer, supplier_id, payee, payment_date, amount_pence,
        recorded_at, reference, transaction, unit, expense_type, purpose, programme, place)
    select md5(:first || ' ' || n)::uuid, buyer, {_SUPPLIER_OF}, 'SUPPLIER ' || who, day, amount,
        day + interval '40 days', 'INV ' || n / 2, 'T' || n / 3, 'Unit ' || (who + n % 2) % 200,
        'Expense ' || who % 30, 'Invoice of the month', case when who % 3 > 0 then
            'Programme ' || who % 12 end,
        case when buyer = 'GB-NHS-QWO' then (array['Leeds', 'Wakefield District', 'Kirklees',
            'Calderdale', 'Bradford District & Craven'])[1 + who % 5] end
    from (
        select n, case when random() < 0.92 then 600 * power(random(), 2)
                else 25000 * random() end::int as who,
            (array['GB-LAE-BRD', 'GB-LAE-CLD', 'GB-LAE-KIR', 'GB-LAE-LDS', 'GB-NHS-QWO'])[
                1 + n % 5] as buyer,
            cast(:first as date) + (n * 364 / (cast(:lines as bigint) + 1))::int as day,
            (case when n % 50 = 0 then -1 else 1 end
                * (20000 + 50000 * random() / (random() + 0.001)))::bigint as amount
        from generate_series(1, cast(:lines as bigint)) as n
    ) as made
"""
ROLLED_UP = f"""
    insert into spend (buyer, month, supplier_id, place, coding_id, lines, pence, gross_pence)
    select buyer, date_trunc('month', payment_date)::date, supplier_id, coalesce(place, ''),
        {_CODING_OF}, count(*), sum(amount_pence), sum(abs(amount_pence))
    from payments group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
"""
TOTALLED = """
    insert into control_totals
    select buyer, month, sum(lines), sum(pence) from spend group by buyer, month
"""
PAYEES = """
    select supplier_id::text, buyer from spend union
    select supplier_id::text, buyer from agreement_versions join agreements using (agreement_id)
"""
CODED = (
    f"""
    insert into codings (coding_id, buyer, unit, expense_type, ledger_programme)
    select distinct {_CODING_OF}, buyer, unit, expense_type, coalesce(programme, '') from payments
    """,
    """
    insert into programmes (coding_id, since, until, state, programme, programme_key, rule,
        budget_head, budget_head_key)
    select coding_id, '-infinity', 'infinity',
        case when ledger_programme = '' then 'unmapped' else 'mapped' end,
        nullif(ledger_programme, ''), lower(nullif(ledger_programme, '')), 'ledger programme',
        'Head ' || head, 'head ' || head
    from codings, lateral abs(hashtext(ledger_programme) % 5) as head
    """,
)
_IN_PART = """
    insert into boundary_months (supplier_id, month, definition)
    select distinct supplier_id, date_trunc('month', day)::date, definition
    from memberships, unnest(array[since, until]) as day where isfinite(day)
"""
MEMBERS = (
    """
    insert into memberships (supplier_id, definition, since, until)
    select supplier_id, definition,
        case when who % 70 = 0 then date '2014-06-10' + who % 3000 else '-infinity' end,
        case when who % 105 = 0 then date '2023-06-10' + who % 500 else 'infinity' end
    from (select supplier_id, substr(payee, 10)::int as who from suppliers
            where tier in ('auto', 'review')) as known,
        unnest(array['community-interest', 'ncvo-general-charity', 'ppn-001-vcse',
            'registered-charity']) with ordinality as of (definition, number)
    where who % 7 = 0 and who % number = 0
    """,
    _IN_PART,
    "insert into definitions select distinct definition from memberships",
)
AGREED = (
    """
    insert into agreements (agreement_id, buyer, reference, end_version)
    select md5('agreement ' || n)::uuid, (array['GB-LAE-BRD', 'GB-LAE-CLD', 'GB-LAE-KIR',
        'GB-LAE-LDS', 'GB-NHS-QWO'])[1 + n % 5], 'WY-' || n, 0
    from generate_series(1, cast(:agreements as int)) as n
    """,
    """
    insert into agreement_versions (agreement_id, version, effective_on, supplier_id, title, kind,
        provider, start, "end", route, extension_options, members, changes, recorded_at)
    select agreement_id, version, case when version = 1 then '-infinity' else begun + 400 end,
        md5(buyer || ' ' || n / 5 % 4000)::uuid, 'Agreement ' || n,
        (array['contract', 'grant', 'service-level-agreement'])[1 + n % 3],
        'SUPPLIER ' || n / 5 % 4000, begun, begun + 1095 + 365 * (version - 1),
        (array['direct', 'direct', 'council', 'nhs-provider', 'lead-provider'])[1 + n / 5 % 5],
        '[]', '[]', '[]', timestamptz '2025-04-01'
    from (select agreement_id, buyer, substr(reference, 4)::int as n from agreements) as made,
        lateral (select date '2014-04-01' + n * 7 % 3650 as begun) as term,
        generate_series(1, 1 + (n % 4 = 0)::int) as version
    """,
    """
    insert into agreement_lines (agreement_id, version, position, programme, annual_amount_pence,
        recurrent)
    select agreement_id, version, position, 'Programme ' || position, 1000000, position = 1
    from agreement_versions, generate_series(1, 1 + (substr(title, 11)::int % 9 = 0)::int)
        as position
    """,
)
ANALYSED = "vacuum analyze"
