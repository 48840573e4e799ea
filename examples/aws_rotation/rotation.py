"""Rotates a SailPoint personal access token that is kept in AWS Secrets Manager.

This is the function that Secrets Manager calls to rotate a secret; `docs/aws.md` says how to set it
up. The secret is JSON: `base_url`, `client_id`, `client_secret`. Other keys are kept, and the
function adds `replaces`, the id of the token that the new one takes the place of.

Secrets Manager calls it four times for a rotation, and any step once more after a failure:

- createSecret  makes a new token like the current one, unless one waits already, and stores it.
- setSecret     has nothing to do: SailPoint knows the new token from the moment it is made.
- testSecret    exchanges the new pair for an access token.
- finishSecret  makes the new version the current one, and then revokes the token that it replaces.

Each step looks at what is there before it does anything, so a step that is called again, or after a
crash, does no harm.
"""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any

import attrs
import boto3

from sailpoint_pat import IssuedToken, PatClient, RetryPolicy, Secret

log = logging.getLogger(__name__)
log.setLevel(logging.INFO)

# A step makes three calls to SailPoint at most, besides the exchanges: the function's own timeout,
# two minutes, has to be longer than all of them together.
ONE_TRY = timedelta(seconds=10)
ONE_CALL = RetryPolicy(total_time=timedelta(seconds=25))

CURRENT, PENDING = "AWSCURRENT", "AWSPENDING"


def handler(event: dict[str, str], _context: object) -> None:
    """Do one step of a rotation.

    Args:
        event: `Step`, `SecretId`, and `ClientRequestToken`, the version that the new token is for.
    """
    rotation = Rotation(
        boto3.client("secretsmanager"), event["SecretId"], event["ClientRequestToken"]
    )
    steps = {
        "createSecret": rotation.create,
        "setSecret": rotation.set,
        "testSecret": rotation.test,
        "finishSecret": rotation.finish,
    }
    if event["Step"] not in steps:
        raise ValueError(f"Step is one of {', '.join(steps)}, not {event['Step']!r}")
    steps[event["Step"]]()


@attrs.frozen
class Pair:
    """What a version of the secret holds.

    Attributes:
        base_url: the tenant.
        client_id: the token's id.
        client_secret: its secret.
        replaces: the id of the token that it took the place of, if a rotation made it.
        others: the other keys of the JSON, which every version keeps.
    """

    base_url: str
    client_id: str
    client_secret: Secret
    replaces: str | None = None
    others: dict[str, object] = attrs.field(factory=dict, repr=False)

    @classmethod
    def from_json(cls, text: str) -> Pair:
        """Read what is stored. What is wrong with it is said without repeating it."""
        try:
            found = json.loads(text)
            own = {name: found.pop(name) for name in ("base_url", "client_id", "client_secret")}
            return cls(
                base_url=own["base_url"],
                client_id=own["client_id"],
                client_secret=Secret(own["client_secret"]),
                replaces=found.pop("replaces", None),
                others=found,
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ValueError(
                "the secret has to be JSON with the texts base_url, client_id and client_secret"
            ) from None

    def replaced_by(self, new: IssuedToken) -> str:
        """Return what to store for a new token."""
        return json.dumps(
            self.others
            | {
                "base_url": self.base_url,
                "client_id": new.id,
                "client_secret": new.secret.reveal(),
                "replaces": self.client_id,
            }
        )

    def client(self) -> PatClient:
        """Return a client that runs on this pair."""
        return PatClient(
            base_url=self.base_url,
            client_id=self.client_id,
            client_secret=self.client_secret,
            api_version="v1",
            timeout=ONE_TRY,
            retry=ONE_CALL,
        )


class Rotation:
    """The steps of one rotation.

    Args:
        secrets: boto3's client for Secrets Manager.
        secret_id: the secret.
        version: the id of the version that the new token is for.

    Raises:
        ValueError: this version is not one that waits for a rotation.
    """

    def __init__(self, secrets: Any, secret_id: str, version: str) -> None:
        self.secrets = secrets
        self.secret_id = secret_id
        self.version = version
        described = secrets.describe_secret(SecretId=secret_id)
        self.name: str = described["Name"]
        self.stages: dict[str, list[str]] = described["VersionIdsToStages"]
        mine = self.stages.get(version, [])
        if CURRENT not in mine and PENDING not in mine:
            raise ValueError(f"version {version} of {secret_id} does not wait for a rotation")

    def create(self) -> None:
        """Make the new token, on the current pair, and store it as the pending version."""
        if self._new_pair() is not None:
            log.info("%s: version %s has its token already", self.secret_id, self.version)
            return
        current = self._read(VersionStage=CURRENT)
        with current.client() as pats:
            if current.replaces is not None:
                # The rotation before this one may have stopped just before its last call.
                pats.delete(current.replaces, missing_ok=True)
            # Only this step makes tokens of this name. One that was never used is from a call that
            # did not get as far as storing it: nobody has its secret, so that it is revoked.
            new = pats.create_like(
                current.client_id, name=f"{self.name[:60]} {self.version}", replace_unused=True
            )
        self.secrets.put_secret_value(
            SecretId=self.secret_id,
            ClientRequestToken=self.version,
            SecretString=current.replaced_by(new),
            VersionStages=[PENDING],
        )
        log.info("%s: made token %s to replace %s", self.secret_id, new.id, current.client_id)

    def set(self) -> None:
        """Do nothing: SailPoint knows the new token from the moment it is made."""

    def test(self) -> None:
        """See that the new pair works."""
        new = self._read(VersionId=self.version)
        with new.client() as pats:
            pats.prove(new.client_id, new.client_secret)
        log.info("%s: token %s works", self.secret_id, new.client_id)

    def finish(self) -> None:
        """Make the new version the current one; then revoke the old token, on the new pair."""
        new = self._read(VersionId=self.version)
        if CURRENT not in self.stages[self.version]:
            [before] = [version for version, stages in self.stages.items() if CURRENT in stages]
            self.secrets.update_secret_version_stage(
                SecretId=self.secret_id,
                VersionStage=CURRENT,
                MoveToVersionId=self.version,
                RemoveFromVersionId=before,
            )
        if new.replaces is not None:
            with new.client() as pats:
                pats.delete(new.replaces, missing_ok=True)
        log.info("%s: token %s took the place of %s", self.secret_id, new.client_id, new.replaces)

    def _new_pair(self) -> Pair | None:
        """Return the new pair, or None: the version is there from the start, without a value."""
        try:
            return self._read(VersionId=self.version)
        except self.secrets.exceptions.ResourceNotFoundException:
            return None

    def _read(self, **which: str) -> Pair:
        stored = self.secrets.get_secret_value(SecretId=self.secret_id, **which)
        return Pair.from_json(stored.get("SecretString", ""))
