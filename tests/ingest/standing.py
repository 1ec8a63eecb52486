"""The lines of the ledger that stand, as whoever reads it counts them."""

STANDING = """
    select coalesce(last.payment_date, p.payment_date) as day, coalesce(last.payee, p.payee) as who,
        coalesce(last.amount_pence, p.amount_pence) as pence,
        coalesce(last.unit, p.unit) as unit
    from payments p left join lateral (
        select * from payment_revisions r where r.payment_id = p.payment_id
        order by revision desc limit 1
    ) as last on true
    where not coalesce(last.withdrawn, false) order by 1, 2, 3
"""
