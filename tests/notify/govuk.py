"""GOV.UK Notify as its documentation describes it, over HTTP, with one service and its keys.

https://docs.notifications.service.gov.uk/rest-api.html
"""

import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import jwt
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

SERVICE = "26785a09-ab16-4eb0-8407-a37497a57506"
SECRET = "3d844edf-8d35-48ac-975b-e847b4f122b0"
KEY = f"local_pound-{SERVICE}-{SECRET}"
TEMPLATE = "f33517ff-2a88-4f6e-b855-c550268ce08a"


def fault(status: int, kind: str, message: str) -> JSONResponse:
    errors = [{"error": kind, "message": message}]
    return JSONResponse({"status_code": status, "errors": errors}, status)


@dataclass
class GovukNotify:
    """Takes messages; `refusal` is answered instead, `states` is what it says in turn of each."""

    url: str = ""
    refusal: JSONResponse | None = None
    lose_answer: bool = False
    states: list[str] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    asked: int = 0

    def app(self) -> FastAPI:
        app = FastAPI()
        app.add_api_route("/v2/notifications/email", self.take, methods=["POST"])
        app.add_api_route("/v2/notifications/{key}", self.tell, methods=["GET"])
        app.add_api_route("/v2/notifications", self.find, methods=["GET"])
        return app

    def check(self, request: Request) -> JSONResponse | None:
        token = request.headers["authorization"].removeprefix("Bearer ")
        try:
            claims = jwt.decode(token, SECRET, algorithms=["HS256"], options={"require": ["iat"]})
        except jwt.InvalidSignatureError:
            return fault(403, "AuthError", "Invalid token: API key not found")
        if claims["iss"] != SERVICE or abs(time.time() - claims["iat"]) > 30:
            return fault(
                403, "AuthError", "Error: Your system clock must be accurate to within 30 seconds"
            )
        return self.refusal

    async def take(self, request: Request) -> JSONResponse:
        wish = await request.json()
        if (refused := self.check(request)) is not None:
            return refused
        if wish["template_id"] != TEMPLATE:
            return fault(400, "BadRequestError", "Template not found")
        if "@" not in wish["email_address"]:
            said = "email_address Not a valid email address"
            return fault(400, "ValidationError", said)
        self.taken.append({"id": str(uuid4()), "status": "created", **wish})
        if self.lose_answer:
            return fault(500, "Exception", "Internal server error")
        personalisation = wish["personalisation"]
        content = {
            "subject": personalisation["subject"],
            "body": personalisation["body"],
            "from_email": "local.pound@notifications.service.gov.uk",
        }
        template = {"id": TEMPLATE, "version": 1, "uri": f"{self.url}/v2/template/{TEMPLATE}"}
        told = {"id": self.taken[-1]["id"], "reference": wish["reference"], "content": content}
        return JSONResponse(told | {"uri": "", "template": template}, 201)

    def _whole(self, one: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": one["id"],
            "reference": one["reference"],
            "email_address": one["email_address"],
            "type": "email",
            "status": one["status"],
            "created_at": "2026-11-25T09:00:00.000000Z",
            "sent_at": None,
            "completed_at": None,
        }

    async def tell(self, request: Request, key: str) -> JSONResponse:
        if (refused := self.check(request)) is not None:
            return refused
        self.asked += 1
        for one in self.taken:
            if one["id"] == key:
                one["status"] = self.states.pop(0) if self.states else one["status"]
                return JSONResponse(self._whole(one))
        return fault(404, "NoResultFound", "No result found")

    async def find(self, request: Request, reference: str) -> JSONResponse:
        if (refused := self.check(request)) is not None:
            return refused
        known = [self._whole(one) for one in self.taken if one["reference"] == reference]
        return JSONResponse({"notifications": known[::-1], "links": {"current": ""}})
