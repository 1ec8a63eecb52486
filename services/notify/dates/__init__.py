"""Notice arithmetic: pure rules over days, the terms of an agreement and a calendar.

- `shared/notice_terms.py` is what an agreement says; a `Clause` is one side's part of it.
- `period`: a period (`P6M`, `P13W`, `P30D`, `10WD`) runs from the day of service, not counted.
- `clause`: when a notice runs out, and the last day to serve one: both readings, the earlier
  advised.
- `deemed_service`: from sending to service.
- `working_days`, `bank_holidays`: a calendar, as far as bank holidays are published.

Each rule names its source.
"""
