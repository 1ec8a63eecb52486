"""GOV.UK Notify, through its own client: messages handed in, and what became of them.

https://docs.notifications.service.gov.uk/python.html. The client waits for its answers, so that it
runs in threads, of which each has its own: it can't be shared by threads.
"""

import asyncio
import re
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import orjson
from notifications_python_client.errors import APIError, HTTPError
from notifications_python_client.notifications import NotificationsAPIClient
from pydantic import SecretStr

from services.notify.channels.outcome import Kind, Outcome, kept
from services.notify.wording.message import Message
from shared.errors import Misconfigured

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_API_KEY = re.compile(rf"[^\s]+-{_UUID}-{_UUID}", re.IGNORECASE)
_BAD_REQUEST, _NOT_FOUND, _TOO_MANY, _SERVER_ERRORS = 400, 404, 429, 500
_REFUSED = (401, 403)
_UNDER_WAY = {"created", "sending", "pending"}
_MEANS: dict[str, tuple[Kind, str]] = {
    "delivered": ("delivered", "it arrived"),
    "permanent-failure": ("gone", "there is no such mailbox"),
    "temporary-failure": ("retry", "the mailbox was full or refused it as spam"),
    "technical-failure": ("retry", "Notify could not hand it on"),
}
_TOLD = ("id", "status", "created_at", "sent_at", "completed_at")

Work = Callable[[NotificationsAPIClient], Any]


@dataclass(frozen=True, slots=True)
class Account:
    """A service at GOV.UK Notify: its key, the template that says our words, where answers go."""

    api_key: SecretStr
    template: str
    reply_to: str | None = None


def looks_like_key(text: str) -> bool:
    """Whether a text has the form of an API key: a name, the service's UUID, the secret's UUID."""
    return _API_KEY.fullmatch(text) is not None


class GovukNotifyChannel:
    """Hands messages to GOV.UK Notify, for each buyer in its own name where it has an account."""

    def __init__(
        self,
        default: Account | None,
        buyers: Mapping[str, Account],
        url: str,
        *,
        total_seconds: float,
        threads: int,
    ) -> None:
        self._default = default
        self._buyers = buyers
        self._url = url
        self._total_seconds = total_seconds
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="govuk-notify")
        self._own = threading.local()

    async def send(
        self,
        address: str,
        message_id: str,
        message: Message,
        buyer: str,
        *,
        again: bool,
        unsubscribe: str | None = None,
    ) -> Outcome:
        """Hand in one message under its own reference; where `again`, unless it was before.

        Raises Misconfigured where our account is at fault, and no recipient.
        """
        account = self._account(buyer)
        personalisation = {"subject": message.subject, "body": message.text}

        def work(client: NotificationsAPIClient) -> Any:
            if again and (known := _handed_in(client, message_id)):
                return known
            return client.send_email_notification(
                address,
                account.template,
                personalisation,
                message_id,
                account.reply_to,
                unsubscribe,
            )

        try:
            answer = await self._run(account, work)
            provider_id = str(answer["id"])
        except APIError as error:
            return _not_taken(error, buyer)
        except TimeoutError:
            return Outcome("retry", detail=f"GOV.UK Notify: no answer in {self._total_seconds:g} s")
        except (KeyError, TypeError):
            return Outcome("retry", detail="GOV.UK Notify: the answer has no id of the message")
        return Outcome("sent", 201, "GOV.UK Notify took it", _told(answer), None, provider_id)

    async def ask(self, provider_id: str, buyer: str) -> Outcome:
        """What became of a message; waiting where that can't be known now.

        Raises Misconfigured where our account is at fault.
        """
        try:
            answer = await self._run(
                self._account(buyer), lambda client: client.get_notification_by_id(provider_id)
            )
            return judge_status(answer)
        except APIError as error:
            if error.status_code == _NOT_FOUND:
                return Outcome("retry", 404, "GOV.UK Notify does not know the message any more")
            if error.status_code in _REFUSED:
                raise _refused(error, buyer) from error
            return Outcome("waiting", _code(error), f"GOV.UK Notify: {_said(error)}")
        except TimeoutError:
            return Outcome("waiting", detail="GOV.UK Notify: no answer")
        except (KeyError, TypeError):
            return Outcome("waiting", detail="GOV.UK Notify: the answer has no status")

    async def close(self) -> None:
        """Let no new request begin."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _account(self, buyer: str) -> Account:
        account = self._buyers.get(buyer, self._default)
        if account is None:
            raise Misconfigured(f"GOV.UK Notify is not set up for {buyer}")
        return account

    async def _run(self, account: Account, work: Work) -> Any:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self._total_seconds):
            return await loop.run_in_executor(self._threads, self._with_client, account, work)

    def _with_client(self, account: Account, work: Work) -> Any:
        clients: dict[Account, NotificationsAPIClient] = vars(self._own).setdefault("clients", {})
        if account not in clients:
            key = account.api_key.get_secret_value()
            client = NotificationsAPIClient(key, self._url, timeout=self._total_seconds)
            client.request_session.max_redirects = 0  # it would send the token along
            clients[account] = client
        return work(clients[account])


def _handed_in(client: NotificationsAPIClient, message_id: str) -> Any:
    """The message, where an attempt whose answer nobody heard had handed it in."""
    known = client.get_all_notifications(template_type="email", reference=message_id)
    alive = {*_UNDER_WAY, "delivered"}
    return next((one for one in known["notifications"] if one["status"] in alive), None)


def judge_status(answer: Mapping[str, Any]) -> Outcome:
    """What a state of GOV.UK Notify means for the message."""
    status = str(answer["status"])
    kind, said = _MEANS.get(status, ("waiting", "not known yet"))
    return Outcome(kind, 200, f"GOV.UK Notify says {status}: {said}", _told(answer))


def _not_taken(error: APIError, buyer: str) -> Outcome:
    code = error.status_code
    if not isinstance(error, HTTPError) or code == _TOO_MANY or code >= _SERVER_ERRORS:
        return Outcome("retry", _code(error), f"GOV.UK Notify: {_said(error)}")
    if code in _REFUSED:
        raise _refused(error, buyer) from error
    if code == _BAD_REQUEST and _blames_address(error):
        return Outcome("failed", code, f"GOV.UK Notify: {_said(error)}")
    raise Misconfigured(f"GOV.UK Notify, account for {buyer}: {_said(error)}") from error


def _refused(error: APIError, buyer: str) -> Misconfigured:
    return Misconfigured(f"GOV.UK Notify refuses the API key for {buyer}: {_said(error)}")


def _blames_address(error: APIError) -> bool:
    """Whether it is the address that is refused, and not a key, a template or a trial."""
    return any(
        one.get("error") == "ValidationError" and "email_address" in str(one.get("message"))
        for one in _errors(error)
    )


def _errors(error: APIError) -> list[dict[str, Any]]:
    said = error.message
    return [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []


def _said(error: APIError) -> str:
    each = [f"{one.get('error')}: {one.get('message')}" for one in _errors(error)]
    text = "; ".join(each) or str(error.message)
    answered = _code(error)
    return f"{text} ({answered})" if answered else f"no answer: {error.__cause__ or text}"


def _code(error: APIError) -> int | None:
    """The status of the answer, None where there was none: the client then says 503."""
    return error.status_code if error.response is not None else None


def _told(answer: Mapping[str, Any]) -> str:
    return kept(orjson.dumps({name: answer[name] for name in _TOLD if answer.get(name)}))
