"""The read model built anew from the topics, beside the one that answers, and put in its place.

Three schemas: the service's own, where the read model that answers stands; `_rebuild`, where the
new one grows; `_before`, where the old one is kept until told otherwise. Tables move between them
in one transaction, and a name means whatever stands in the service's own schema. What officers
entered (the tables that are kept) stays where it is.

Every model notes how far it is projected. The new one is brought exactly to where the old one
stands, so that their control totals must be equal, not alike.
"""
