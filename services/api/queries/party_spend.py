"""What suppliers were paid, by buyer and financial year, by how it counts and by what party.

From the roll-up, and from the payments in months that count in part: what `party_spend` keeps of
suppliers that nothing has touched since.
"""

from services.api.queries.coverage_class import COVERAGE_CLASS

PARTY = ("organisation", "unregistered_name")
"""By what parties are told apart."""
PARTY_SPEND = f"""
    select told.supplier_id, buyer, financial_year, class, passed_on, definitions,
        coalesce(supplier.organisation, supplier.organisation_name) is not null as listed,
        coalesce(supplier.organisation, '') as organisation,
        case when supplier.organisation is null then coalesce(supplier.organisation_name, '')
            else '' end as unregistered_name,
        coalesce(supplier.organisation_name, supplier.organisation) as organisation_name,
        lines::bigint, pence::bigint, gross_pence::bigint
    from (
        select supplier_id, buyer, financial_year, class, passed_on, definitions, lines, pence,
            gross_pence
        from (
            select supplier_id, buyer, (date_part('year', month + 275) - 1)::int as financial_year,
                kind_id, sum(lines) as lines, sum(pence) as pence, sum(gross_pence) as gross_pence
            from spend where supplier_id = any({{suppliers}}) and kind_id is not null and lines > 0
            group by 1, 2, 3, 4
        ) as whole join kinds using (kind_id)
        union all
        select paid.supplier_id, paid.buyer, (date_part('year', partly.month + 275) - 1)::int,
            {COVERAGE_CLASS}, coalesce(agreed.passed_on, false), of_day.definitions,
            count(*), sum(amount_pence), sum(abs(amount_pence))
        from (
            select distinct supplier_id, month from spend
            where supplier_id = any({{suppliers}}) and kind_id is null
        ) as partly
        join payments as paid on paid.supplier_id = partly.supplier_id
            and paid.payment_date >= partly.month
            and paid.payment_date < partly.month + interval '1 month' and not paid.withdrawn
        left join suppliers as supplier on supplier.supplier_id = paid.supplier_id
        left join lateral (
            select passed_on from agreed where agreed.supplier_id = paid.supplier_id
                and agreed.buyer = paid.buyer and partly.month between agreed.since and agreed.until
            limit 1
        ) as agreed on true
        cross join lateral (
            select array(select definition from memberships
                where memberships.supplier_id = paid.supplier_id
                    and paid.payment_date between memberships.since and memberships.until
                order by definition) as definitions
        ) as of_day
        group by 1, 2, 3, 4, 5, 6
    ) as told left join suppliers as supplier on supplier.supplier_id = told.supplier_id
"""  # noqa: S608 - our own text
"""Of the suppliers of an array, in the columns and the order of `party_spend`; to be formatted."""
