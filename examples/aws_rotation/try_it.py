"""A rotation in AWS Secrets Manager, step by step, with nothing of yours.

    python examples/aws_rotation/try_it.py --fake

The tenant is on this machine, and moto stands for AWS: pip install boto3 'moto[secretsmanager]'.
There is no other way to run it: with your own secret, Secrets Manager calls the function, see
docs/aws.md.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import sys
import zipfile

import boto3
from moto import mock_aws

from rotation import handler  # type: ignore[import-not-found]  # the file beside this one
from sailpoint_pat.testing import FakeTenant

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


def main() -> int:
    """Rotate one secret; return the exit code."""
    parser = argparse.ArgumentParser(description="Rotate a secret in an AWS that is made up.")
    parser.add_argument("--fake", action="store_true", required=True, help="the only way there is")
    parser.parse_args()
    logging.basicConfig(stream=sys.stdout, format="  %(message)s")
    # boto3 wants some, and moto lets nothing out.
    os.environ |= {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    os.environ["AWS_DEFAULT_REGION"] = "eu-west-1"
    with mock_aws(config={"lambda": {"use_docker": False}}), FakeTenant() as tenant:
        secrets = boto3.client("secretsmanager")
        stored = {
            "base_url": tenant.base_url,
            "client_id": tenant.client_id,
            "client_secret": tenant.client_secret,
        }
        secrets.create_secret(Name="sailpoint/export", SecretString=json.dumps(stored))
        version = secrets.rotate_secret(
            SecretId="sailpoint/export",
            RotationLambdaARN=lambda_function(),
            RotationRules={"AutomaticallyAfterDays": 30},
        )["VersionId"]
        for step in STEPS:
            print(step)
            event = {"Step": step, "SecretId": "sailpoint/export", "ClientRequestToken": version}
            handler(event, None)
        print("Tokens that are left:", *(token.name for token in tenant.tokens.values()))
    return 0


def lambda_function() -> str:
    """Make a function that does nothing, because moto runs none; return its address."""
    role = boto3.client("iam").create_role(RoleName="rotation", AssumeRolePolicyDocument="{}")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        writer.writestr("rotation.py", "")
    made = boto3.client("lambda").create_function(
        FunctionName="rotation",
        Runtime="python3.13",
        Role=role["Role"]["Arn"],
        Handler="rotation.handler",
        Code={"ZipFile": archive.getvalue()},
    )
    arn: str = made["FunctionArn"]
    return arn


if __name__ == "__main__":
    sys.exit(main())
