"""The class of coverage of a supplier, as SQL."""

COVERAGE_CLASS = """
    case when supplier.supplier_id is null then 'awaiting' when supplier.redacted then 'redacted'
        when supplier.tier = 'auto' then 'matched' when supplier.tier = 'review' then 'review'
        else 'unmatched' end
"""
"""One of `services.api.coverage.CLASSES`, of `suppliers as supplier` joined from the left."""
