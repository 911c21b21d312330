"""What the 360Giving standard asks of a package of grants, as a JSON Schema.

Fields, kinds, patterns and codes are those of the package schema of version 1.4 and of the grant schema of 1.3, the
newest of each that could be read, written down anew without their texts. Where we write less than may be
written, this asks for what we write: one funder, an award's day without a time.
"""

from typing import Any

TEXT = {"type": "string"}
LINK = {"type": "string", "format": "uri", "pattern": "^https?://[^ ]+$"}
NUMBER = {"type": "number"}
FULL_DATE = "^[0-9]{4}-(0[1-9]|1[012])-(0[1-9]|[12][0-9]|3[01])$"
INSTANT = FULL_DATE[:-1] + r"T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$"
MOMENT = {"type": "string", "format": "date-time", "pattern": INSTANT}
DATE: dict[str, Any] = {"type": "string", "oneOf": [{"pattern": INSTANT}, {"pattern": FULL_DATE}]}
PARTIAL_DATE = {
    "type": "string",
    "oneOf": [*DATE["oneOf"], {"pattern": "^[0-9]{4}(-(0[1-9]|1[012]))?$"}],
}  # fmt: skip


def thing(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    """An object with these fields and no other: the standard's own tool reports any other by name."""
    found = {"type": "object", "properties": properties, "additionalProperties": False}
    return found | ({"required": list(required)} if required else {})


def many(item: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": item, **more}


PERSON = thing(("id", "name"), id=TEXT, name=TEXT)
LOCATION = thing(
    id=TEXT, name=TEXT, countryCode={"type": "string", "pattern": "^[A-Z]{2}$"}, latitude=NUMBER,
    longitude=NUMBER, description=TEXT, geoCode=TEXT, geoCodeType=TEXT, dateModified=MOMENT,
)  # fmt: skip
ORGANISATION = thing(
    ("id", "name"), id=TEXT, name=TEXT, department=TEXT, contactName=TEXT, charityNumber=TEXT,
    companyNumber=TEXT, streetAddress=TEXT, addressLocality=TEXT, addressRegion=TEXT,
    addressCountry=TEXT, postalCode=TEXT, telephone=TEXT, alternateName=TEXT, email=TEXT,
    description=TEXT, organisationType=TEXT, url=LINK, location=many(LOCATION), dateModified=MOMENT,
)  # fmt: skip
EVENT = thing(
    title=TEXT, startDate=PARTIAL_DATE, endDate=PARTIAL_DATE, description=TEXT, dateModified=MOMENT,
    duration={"type": "number", "minimum": 0},
)  # fmt: skip
GRANT_PROGRAMME = thing(code=TEXT, title=TEXT, description=TEXT, url=LINK, dateModified=MOMENT)
REASONS = {"enum": [f"GTIR{number:03}" for number in range(10, 130, 10)]}
PURPOSES = {"enum": [f"GTIP{number:03}" for number in range(10, 180, 10)]}
ALWAYS = [
    "id",
    "title",
    "description",
    "currency",
    "amountAwarded",
    "awardDate",
    "fundingOrganization",
]
GRANT = thing(
    id={"type": "string", "pattern": "^360G-[A-Za-z0-9]+-.+"},
    title={"type": "string", "maxLength": 139},
    description=TEXT,
    currency={"type": "string", "pattern": "^[A-Z]{3}$"},
    amountAppliedFor=NUMBER, amountAwarded=NUMBER, amountDisbursed=NUMBER,
    awardDate={"type": "string", "pattern": FULL_DATE}, url=LINK, plannedDates=many(EVENT), actualDates=many(EVENT),
    recipientIndividual=PERSON,
    toIndividualsDetails=thing(
        primaryGrantReason=REASONS, secondaryGrantReason=REASONS,
        # Of purposes the guidance wants three at most.
        grantPurpose=many(PURPOSES, maxItems=3),
    ),
    recipientOrganization=many(ORGANISATION, minItems=1),
    beneficiaryLocation=many(LOCATION),
    fundingOrganization=many(ORGANISATION, minItems=1, maxItems=1),
    grantProgramme=many(GRANT_PROGRAMME),
    fromOpenCall={"enum": ["Yes", "No"]},
    relatedActivity=many(TEXT), dateModified=MOMENT, dataSource=LINK, regrantType=TEXT,
    locationScope=TEXT,
) | {
    "oneOf": [
        {"required": [*ALWAYS, "recipientOrganization"]},
        {"required": [*ALWAYS, "recipientIndividual"]},
    ]
}  # fmt: skip
PACKAGE = thing(
    ("grants",),
    grants=many(GRANT, minItems=1, uniqueItems=True),
    version={"type": "string", "pattern": r"^(\d+\.)(\d+)$"},
    extensions=many(TEXT, uniqueItems=True),
    title=TEXT, description=TEXT, issued=DATE, modified=DATE, identifier=TEXT,
    publisher=thing(("name",), identifier=TEXT, name=TEXT, website=LINK, logo=LINK),
    downloadURL=LINK, accessURL=LINK, license=LINK,
)  # fmt: skip
