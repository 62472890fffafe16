"""What outlives every deployment: the table, the buckets, the keys, the people."""

from typing import Final

from aws_cdk import Aws, CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from bitewing.kernel import wire
from constructs import Construct

from infra.bundling import Bundler
from infra.config import Environment
from infra.constructs.acknowledge import acknowledge
from infra.constructs.encryption_key import EncryptionKey
from infra.constructs.python_function import House
from infra.features import access_token

#: Files are records of a case, kept at least four years (platform retention policy); a year more than that is
#: 5 * 365. No function may delete them: the bytes of a file that a practice removes leave its case, and stay here as
#: history until their time is over.
_FILES_KEPT_DAYS: Final = 5 * 365
#: What was written over, or was deleted by a person with the right to, can be had back this long, days.
_OLD_VERSIONS_KEPT_DAYS: Final = 30
#: Intake deletes what it has looked at. What stays is what a dead letter speaks of: at most a day until EventBridge
#: gives up, and then the 14 days of the queue.
_ARRIVALS_KEPT_DAYS: Final = 15
#: The part of an upload that never completes is abandoned after a day (platform retention policy).
_PARTS_KEPT: Final = Duration.days(1)


class DataStack(Stack):
    """Everything that is retained and protected.

    Attributes:
        house: What all functions share.
        data_key: Encrypts patient data: the table, the buckets, the secret.
        table: The single table.
        arrivals: Where uploads arrive.
        quarantine: Where files go that were refused.
        files: Inspected files, and what labs received.
        access_token_function: Adds organization and roles to tokens.
        user_pool: The people.
        web_client: The browser application.
        cursor_secret: Signs the cursors of lists.
        unsubscribe_secret: Signs the addresses with which mails are ended.
        carrier_secret: Proves who tells where parcels are.
    """

    def __init__(self, scope: Construct, construct_id: str, *, environment: Environment, bundler: Bundler) -> None:
        """Create the stack.

        Args:
            scope: The app.
            construct_id: Name of the stack.
            environment: What differs between places.
            bundler: Who makes the code of functions.
        """
        super().__init__(
            scope,
            construct_id,
            description="Bitewing: table, buckets, keys and people",
            termination_protection=environment.retains_data,
        )
        self._environment = environment
        self._kept = RemovalPolicy.RETAIN if environment.retains_data else RemovalPolicy.DESTROY
        self.data_key: Final = EncryptionKey(
            self, "DataKey", environment=environment, purpose="Patient data: table, buckets, cursor secret"
        )
        log_key = EncryptionKey(self, "LogKey", environment=environment, purpose="Log groups")
        log_key.allow_log_groups()
        self.house: Final = House(environment=environment, bundler=bundler, log_key=log_key)

        self.table: Final = self._table()
        self._access_logs: Final = self._access_log_bucket()
        self.arrivals: Final = self._bucket(
            "Arrivals",
            browser_method=s3.HttpMethods.PUT,
            lifecycle=s3.LifecycleRule(
                id="ForgetAbandonedUploads",
                expiration=Duration.days(_ARRIVALS_KEPT_DAYS),
                noncurrent_version_expiration=Duration.days(1),
                abort_incomplete_multipart_upload_after=_PARTS_KEPT,
            ),
        )
        # `event_bridge_enabled` would add a function with a custom resource for what is one property.
        arrivals = self.arrivals.node.default_child
        assert isinstance(arrivals, s3.CfnBucket)  # noqa: S101 - CDK types the default child as a construct
        arrivals.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(event_bridge_enabled=True)
        )
        self.quarantine: Final = self._bucket(
            "Quarantine",
            lifecycle=s3.LifecycleRule(
                id="ForgetRefusedFiles",
                expiration=Duration.days(30),
                noncurrent_version_expiration=Duration.days(1),
                abort_incomplete_multipart_upload_after=_PARTS_KEPT,
            ),
        )
        self.files: Final = self._bucket(
            "Files",
            browser_method=s3.HttpMethods.GET,
            lifecycle=s3.LifecycleRule(
                id="KeepRecordsThenForget",
                expiration=Duration.days(_FILES_KEPT_DAYS),
                noncurrent_version_expiration=Duration.days(_OLD_VERSIONS_KEPT_DAYS),
                abort_incomplete_multipart_upload_after=_PARTS_KEPT,
            ),
        )
        self.cursor_secret: Final = self._secret(
            "CursorSecret",
            "Signs the cursors of lists",
            "A cursor only continues a list that its caller may read anyway, and a new secret makes every "
            "open list start again: it is replaced by hand after a leak.",
        )
        self.unsubscribe_secret: Final = self._secret(
            "UnsubscribeSecret",
            "Signs the addresses in mails with which they are ended",
            "Mails keep their address for years, and a new secret would end it in all of them: it is replaced by hand "
            "after a leak, with which nothing can be done but to end mails.",
        )
        self.carrier_secret: Final = self._secret(
            "CarrierSecret",
            "Proves who tells where parcels are",
            "Whoever tells where parcels are has it, too: it is replaced by hand together with them, both "
            "secrets in it with a space between meanwhile.",
        )
        self.access_token_function: Final = access_token.build(self, self.house)
        self.user_pool: Final = self._people()
        self.web_client: Final = self._web_client()
        for name, value in {
            "TableName": self.table.table_name,
            "ArrivalsBucket": self.arrivals.bucket_name,
            "QuarantineBucket": self.quarantine.bucket_name,
            "FilesBucket": self.files.bucket_name,
            "CursorSecretArn": self.cursor_secret.secret_arn,
            "CarrierSecretArn": self.carrier_secret.secret_arn,
            "UserPoolId": self.user_pool.user_pool_id,
            "WebClientId": self.web_client.user_pool_client_id,
        }.items():
            CfnOutput(self, name, value=value)

    def _table(self) -> dynamodb.Table:
        """Create the single table; its design is in ``bitewing/aws/keys.py``.

        ``TableV2`` would bind the stack to one region when it is synthesized: it writes the key by region.
        """
        table = dynamodb.Table(
            self,
            "Table",
            partition_key=_string(wire.PARTITION_KEY),
            sort_key=_string(wire.SORT_KEY),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=self.data_key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True, recovery_period_in_days=35
            ),
            stream=dynamodb.StreamViewType.NEW_IMAGE,
            time_to_live_attribute=wire.TTL_ATTRIBUTE,
            deletion_protection=self._environment.retains_data,
            removal_policy=self._kept,
        )
        for name in wire.INDEXES:
            projected = wire.PROJECTIONS.get(name)
            table.add_global_secondary_index(
                index_name=name,
                partition_key=_string(f"{name}_pk"),
                sort_key=_string(f"{name}_sk"),
                projection_type=dynamodb.ProjectionType.INCLUDE if projected else dynamodb.ProjectionType.ALL,
                non_key_attributes=[*projected] if projected else None,
            )
        acknowledge(
            table,
            "Retention rests on the table itself: no function may delete from it, and cases have no time to live. "
            "Point-in-time recovery undoes mistakes of the last 35 days; there is no older copy.",
            "HIPAA.Security-DynamoDBInBackupPlan",
        )
        return table

    def _access_log_bucket(self) -> s3.Bucket:
        """Create the bucket that the others write their access logs to."""
        bucket = s3.Bucket(
            self,
            "AccessLogs",
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            versioned=True,
            removal_policy=self._kept,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="ForgetOldLogs",
                    expiration=Duration.days(self._environment.log_retention_days),
                    noncurrent_version_expiration=Duration.days(1),
                )
            ],
        )
        acknowledge(
            bucket,
            "S3 delivers server access logs only to a bucket with its own encryption, not with a KMS key.",
            "HIPAA.Security-S3DefaultEncryptionKMS",
        )
        acknowledge(
            bucket,
            "It is where access logs go: logging its own deliveries would never end.",
            "AwsSolutions-S1",
            "HIPAA.Security-S3BucketLoggingEnabled",
        )
        acknowledge(
            bucket,
            "Access logs say who read which key; losing a region loses no record of a patient.",
            "HIPAA.Security-S3BucketReplicationEnabled",
        )
        return bucket

    def _bucket(
        self, name: str, *, lifecycle: s3.LifecycleRule, browser_method: s3.HttpMethods | None = None
    ) -> s3.Bucket:
        """Create a bucket for files of patients."""
        bucket = s3.Bucket(
            self,
            name,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.data_key,
            bucket_key_enabled=True,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            versioned=True,
            removal_policy=self._kept,
            server_access_logs_bucket=self._access_logs,
            server_access_logs_prefix=f"{name.lower()}/",
            lifecycle_rules=[lifecycle],
        )
        if browser_method is not None:
            bucket.add_cors_rule(
                allowed_methods=[browser_method],
                allowed_origins=[*self._environment.web_origins],
                allowed_headers=["*"],
                exposed_headers=["ETag"],
                max_age=3600,
            )
        acknowledge(
            bucket,
            "The product runs in one region. S3 keeps each object in at least three of its zones, and versions undo "
            "what is written over; the loss of a whole region is not covered.",
            "HIPAA.Security-S3BucketReplicationEnabled",
        )
        return bucket

    def _secret(self, name: str, description: str, not_rotated_because: str) -> secretsmanager.Secret:
        """Create a secret of 64 letters and digits."""
        secret = secretsmanager.Secret(
            self,
            name,
            description=description,
            encryption_key=self.data_key,
            generate_secret_string=secretsmanager.SecretStringGenerator(password_length=64, exclude_punctuation=True),
            removal_policy=self._kept,
        )
        acknowledge(
            secret,
            not_rotated_because,
            "AwsSolutions-SMG4",
            "HIPAA.Security-SecretsManagerRotationEnabled",
        )
        return secret

    def _people(self) -> cognito.UserPool:
        """Create the user pool, its groups, and the trigger that says whom people belong to."""
        page = self._environment.web_origins[0]
        pool = cognito.UserPool(
            self,
            "People",
            feature_plan=cognito.FeaturePlan.ESSENTIALS,
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(email=True),
            sign_in_case_sensitive=False,
            standard_attributes=cognito.StandardAttributes(
                email=cognito.StandardAttribute(required=True, mutable=True),
                fullname=cognito.StandardAttribute(required=False, mutable=True),
            ),
            custom_attributes={
                # Operators may move a person to another organization; people may not move themselves: the
                # client has no right to write these.
                _custom(wire.ORGANIZATION_ID_ATTRIBUTE): cognito.StringAttribute(mutable=True, max_len=64),
                _custom(wire.ORGANIZATION_KIND_ATTRIBUTE): cognito.StringAttribute(mutable=True, max_len=32),
            },
            password_policy=cognito.PasswordPolicy(
                min_length=12,
                require_lowercase=True,
                require_uppercase=True,
                require_digits=True,
                require_symbols=True,
                temp_password_validity=Duration.days(wire.INVITATION_DAYS),
                password_history_size=5,
            ),
            mfa=cognito.Mfa.REQUIRED if self._environment.requires_second_factor else cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            user_invitation=cognito.UserInvitationConfig(
                email_subject="You are invited to Bitewing",
                email_body=(
                    "<p>You are invited to work with others on Bitewing.</p>"
                    f'<p>Sign in at <a href="{page}">{page}</a> '
                    f"as <b>{{username}}</b> with the temporary password <b>{{####}}</b> "
                    f"within {wire.INVITATION_DAYS} days, choose a password of your own, and accept the invitation.</p>"
                    "<p>If you do not know why you got this, leave it alone: nothing happens without you.</p>"
                ),
            ),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            deletion_protection=self._environment.retains_data,
            removal_policy=self._kept,
        )
        pool.add_trigger(
            cognito.UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG,
            self.access_token_function.function,
            cognito.LambdaVersion.V2_0,
        )
        for role in wire.ROLES:
            cognito.CfnUserPoolGroup(self, _pascal(role), user_pool_id=pool.user_pool_id, group_name=role)
        pool.add_domain(
            "SignIn",
            cognito_domain=cognito.CognitoDomainOptions(
                domain_prefix=f"bitewing-{self._environment.name}-{Aws.ACCOUNT_ID}"
            ),
        )
        if not self._environment.requires_second_factor:
            acknowledge(
                pool,
                "Its people are made up, and the walk signs them in without an authenticator.",
                "AwsSolutions-COG2",
            )
        acknowledge(
            pool,
            "Threat protection belongs to the Plus plan; nobody signs up by themselves, passwords are long, "
            "and Cognito's own lockout stands.",
            "AwsSolutions-COG3",
            "AwsSolutions-COG8",
        )
        return pool

    def _web_client(self) -> cognito.UserPoolClient:
        """Create the client of the browser application: public, SRP or code flow with PKCE."""
        standard = cognito.ClientAttributes().with_standard_attributes(email=True, fullname=True)
        return self.user_pool.add_client(
            "Web",
            generate_secret=False,
            auth_flows=cognito.AuthFlow(user_srp=True, user_password=self._environment.allows_password_sign_in or None),
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(authorization_code_grant=True),
                scopes=[cognito.OAuthScope.OPENID, cognito.OAuthScope.EMAIL, cognito.OAuthScope.PROFILE],
                callback_urls=[f"{origin}/signed-in" for origin in self._environment.web_origins],
                logout_urls=[f"{origin}/signed-out" for origin in self._environment.web_origins],
            ),
            supported_identity_providers=[cognito.UserPoolClientIdentityProvider.COGNITO],
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
            access_token_validity=Duration.minutes(60),
            id_token_validity=Duration.minutes(60),
            refresh_token_validity=Duration.days(1),
            read_attributes=standard.with_custom_attributes(
                _custom(wire.ORGANIZATION_ID_ATTRIBUTE), _custom(wire.ORGANIZATION_KIND_ATTRIBUTE)
            ),
            write_attributes=standard,
        )


def _string(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)


def _custom(attribute: str) -> str:
    """Give the name of a custom attribute as it is declared, without the prefix that it is read with."""
    return attribute.removeprefix("custom:")


def _pascal(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
