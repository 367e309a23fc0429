"""What may happen: purposes, notices, age, the ledger of consent, the gate, and who may receive what.

    law/        dated facts (ages, deadlines, validities, authorities, adequacy), as data
    age         may this visitor answer alone?                       judge()
    purposes    the closed list of what we do and on which basis     Purposes
    notice      the words shown, one version for all languages       Notices
    tables      subject and consent_event, append-only and chained
    ledger      record a choice, read what stands                    record(), standing()
    gate        may this happen now? closed table, default deny      Gate
    operators   who may receive what, where, under which safeguard   Register
    egress      the one module that opens outbound connections       client()

Imports point downward: this package may import ``pii`` and never ``chatbot``.
"""
