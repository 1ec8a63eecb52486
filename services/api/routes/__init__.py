"""Read model to answer, under /v1; written is only what officers enter (kept/)."""

from fastapi import FastAPI

from services.api.routes.agreements.agreements import agreement_routes
from services.api.routes.agreements.notice_list import notice_routes
from services.api.routes.agreements.renewals import renewal_routes
from services.api.routes.benchmarks.benchmarks import benchmark_routes
from services.api.routes.bridge.bridge import bridge_routes
from services.api.routes.commitments.commitments import commitment_routes
from services.api.routes.door import Door
from services.api.routes.exports.exports import export_routes
from services.api.routes.payments.payments import payment_routes
from services.api.routes.payments.totals import total_routes
from services.api.routes.payments.transactions import transaction_routes
from services.api.routes.quality.quality import quality_routes
from services.api.routes.spend.spend import spend_routes
from services.api.routes.spend.unmapped_codes import unmapped_routes
from services.api.routes.statements.claims import claim_routes
from services.api.routes.statements.packs import pack_routes
from services.api.routes.statements.statement_versions import version_routes
from services.api.routes.statements.statements import statement_routes
from services.api.routes.suppliers.organisation_list import organisation_list_routes
from services.api.routes.suppliers.organisations import organisation_routes
from services.api.routes.suppliers.supplier_list import supplier_list_routes
from services.api.routes.suppliers.suppliers import supplier_routes


def open_routes(app: FastAPI, door: Door) -> None:
    """Put every route on the app."""
    for routes in (
        payment_routes,
        transaction_routes,
        spend_routes,
        benchmark_routes,
        commitment_routes,
        bridge_routes,
        unmapped_routes,
        supplier_list_routes,
        supplier_routes,
        organisation_list_routes,
        organisation_routes,
        agreement_routes,
        renewal_routes,
        notice_routes,
        total_routes,
        quality_routes,
        export_routes,
        statement_routes,
        version_routes,
        claim_routes,
        pack_routes,
    ):
        app.include_router(routes(door))
