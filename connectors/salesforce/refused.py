"""Why Salesforce lets nobody in, said plainly, with who changes what."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from connectors.errors import ConnectorError, TryLater
from connectors.salesforce.errors import NotApproved, SignInRefused
from connectors.salesforce.places import Place

# The permission set that `quarterdeck salesforce init` writes.
PERMISSION_SET: Final = "Quarterdeck"
# A page in the place of an answer says nothing.
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reason:
    """Salesforce's words (a pattern for `error: description`), what they mean, who mends it, and as what it is raised."""

    words: str
    means: str
    mend: str
    kind: type[SignInRefused] = SignInRefused


def refused(error: str, description: str, *, place: Place, who: str) -> ConnectorError:
    """Return what a sign-in's refusal means; Salesforce's own words stay in it."""
    words = (f"{error}: {description}" if description else error)[:_LONGEST]
    if re.search(r"(?i)rate.{0,12}exceeded|server_error|temporarily|unavailable|retry", words):
        return TryLater(f"Salesforce lets nobody in just now ({words}); try again in a few minutes")
    for reason in _REASONS:
        if re.search(reason.words, words, re.IGNORECASE):
            means, mend, kind = reason.means, reason.mend, reason.kind
            break
    else:
        means, mend, kind = (
            "Salesforce does not let {who} in",
            "a Salesforce administrator looks into Login History",
            SignInRefused,
        )
    where = {"who": who, "permission_set": PERMISSION_SET, "other": _other(place), "here": _here(place)}
    return kind(f"{means.format(**where)} ({words})", code=error, mend=mend.format(**where))


def _here(place: Place) -> str:
    name = place.login.partition("://")[2]
    return f"{name} (a sandbox)" if place.sandbox else f"{name} (production)"


def _other(place: Place) -> str:
    if place.sandbox:
        return "for production set SALESFORCE_DOMAIN=login or the org's My Domain"
    return "for a sandbox set SALESFORCE_DOMAIN=test or the sandbox's My Domain"


_NOT_APPROVED: Final = _Reason(
    words=r"hasn't approved",
    means="{who} is not approved for the app at {here}",
    mend="a Salesforce administrator assigns the permission set {permission_set} to that user, and sets the app's "
    "Permitted Users to 'Admin approved users are pre-authorized' with that permission set; {other}",
    kind=NotApproved,
)
# The first that fits counts.
_REASONS: Final[tuple[_Reason, ...]] = (
    _NOT_APPROVED,
    # Only an administrator may approve here, so the browser leads to the same refusal.
    replace(
        _NOT_APPROVED,
        words=r"not approved|not admin approved|invalid_app_access|app_access_denied",
        kind=SignInRefused,
    ),
    _Reason(
        words=r"audience",
        means="the assertion is meant for another login address than {here}",
        mend="whoever runs Quarterdeck mends SALESFORCE_DOMAIN: {other}",
    ),
    _Reason(
        words=r"expired.{0,20}(?:certificate|cert)|certificate.{0,20}expired",
        means="the certificate of the app has run out",
        mend="whoever runs Quarterdeck makes a new one (quarterdeck salesforce init --force), "
        "and a Salesforce administrator uploads it to the app",
    ),
    _Reason(
        words=r"assertion.{0,40}expired|expired.{0,20}assertion|expired.{0,20}jwt|not yet valid",
        means="the assertion was too old when it arrived",
        mend="whoever runs Quarterdeck sets this machine's clock right (NTP)",
    ),
    _Reason(
        words=r"invalid_client_id|client identifier|ec_app_not_found|app not found|not installed",
        means="{here} does not know the app of SALESFORCE_CLIENT_ID",
        mend="whoever runs Quarterdeck compares it with the app's consumer key; a new app needs about ten minutes; {other}",
    ),
    _Reason(
        words=r"app_blocked|blocked by",
        means="the app is blocked in this org",
        mend="a Salesforce administrator unblocks it under Connected Apps OAuth Usage, or installs it",
    ),
    _Reason(
        words=r"no client credentials user|client credentials flow.{0,20}not enabled",
        means="the app may not sign in with its own secret",
        mend="a Salesforce administrator switches on its client credentials flow and names the user it runs as",
    ),
    _Reason(
        words=r"not supported on this domain",
        means="{here} does not know this way of signing in",
        mend="whoever runs Quarterdeck sets SALESFORCE_DOMAIN to the org's My Domain, like acme.my.salesforce.com",
    ),
    _Reason(
        words=r"invalid_client|client (?:secret|credentials)",
        means="the app's secret is not accepted",
        mend="whoever runs Quarterdeck copies SALESFORCE_CLIENT_SECRET again from the app's consumer details",
    ),
    _Reason(
        words=r"signature|invalid assertion|invalid_assertion|assertion is not valid",
        means="the assertion is not accepted: the key does not belong to the certificate of the app, "
        "the certificate has run out, or the clock of this machine is wrong",
        mend="a Salesforce administrator uploads the certificate that quarterdeck salesforce init wrote, "
        "and whoever runs Quarterdeck checks the clock",
    ),
    _Reason(
        words=r"inactive_user|user is inactive|user identity|invalid_user|unknown user",
        means="there is no active user {who} at {here}",
        mend="whoever runs Quarterdeck compares the user name (it looks like an e-mail address, and in a sandbox ends "
        "in the sandbox's name) with Setup, Users; {other}",
    ),
    _Reason(
        words=r"inactive_org|org_locked|org is inactive|org is locked",
        means="the org is locked or switched off",
        mend="a Salesforce administrator asks Salesforce",
    ),
    _Reason(
        words=r"ip restricted|ip address|login hours",
        means="{who} may not sign in from this address or at this hour",
        mend="a Salesforce administrator adds this server's address to the login ranges, or relaxes the app's IP policy",
    ),
    _Reason(
        words=r"api.{0,20}(?:disabled|not enabled)|api is not|missing_oauth_token|restricted_api",
        means="the API is not enabled for {who}",
        mend="a Salesforce administrator gives that user the permission API Enabled (it is in {permission_set})",
    ),
    _Reason(
        words=r"expired access/refresh|refresh token|token (?:is )?(?:revoked|expired)|inactive token",
        means="the sign-in of {who} was revoked or has run out",
        mend="that person connects Salesforce again",
    ),
    _Reason(
        words=r"expired authorization code|invalid authorization code|authorization code",
        means="the code from the browser is used up or too old",
        mend="that person connects Salesforce again, and goes through the browser within a few minutes",
    ),
    _Reason(
        words=r"access_denied|end-user denied",
        means="{who} did not agree",
        mend="that person connects Salesforce again if that was a mistake",
    ),
    _Reason(
        words=r"redirect_uri",
        means="the app does not know the address to which the browser comes back",
        mend="a Salesforce administrator adds it, letter by letter, to the app's callback addresses",
    ),
    _Reason(
        words=r"scope",
        means="the app lacks an OAuth scope",
        mend="a Salesforce administrator adds 'Manage user data via APIs (api)' and 'Perform requests at any time "
        "(refresh_token, offline_access)' to the app",
    ),
    _Reason(
        words=r"authentication failure|invalid_login|invalid username|INVALID_LOGIN|must_use_security_token",
        means="user name, password or security token of {who} are not accepted at {here}",
        mend="whoever runs Quarterdeck checks SALESFORCE_USERNAME, SALESFORCE_PASSWORD and SALESFORCE_SECURITY_TOKEN; {other}",
    ),
    _Reason(
        words=r"unsupported_grant_type|grant type not supported|flow.{0,20}(?:disabled|not enabled)",
        means="the app does not allow this way of signing in",
        mend="a Salesforce administrator switches the flow on in the app's OAuth settings",
    ),
)
