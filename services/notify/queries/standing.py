"""Whether what a message says still holds: what does not is never sent again."""

from shared.events import NoticeWithdrawn, NotificationEscalated

# A withdrawal holds whatever it withdrew, for that may have been received. Officers are told of an
# obligation that another fact raised.
HOLDS = f"""n.recalled_at is null and (n.agreement_id is null
    or f.event_type = '{NoticeWithdrawn.TYPE}'
    or exists (select from obligations o where o.obligation_id = n.obligation_id
               and o.state = 'raised'
               and (o.event_id = n.event_id or f.event_type = '{NotificationEscalated.TYPE}')))"""
"""Of a notification `n` with its fact `f`."""
