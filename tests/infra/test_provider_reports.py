"""What providers of mails and text messages tell, and the way it takes, read from the templates."""

import json


def one_of(synthesized, kind, start=""):
    ((_, found),) = ((n, p) for n, p in synthesized.properties(kind).items() if n.startswith(start))
    return found


def test_every_mail_is_sent_with_the_configuration_set_of_its_environment_over_tls(synthesized):
    name = f"bitewing-{synthesized.environment.name}"
    configuration_set = one_of(synthesized, "AWS::SES::ConfigurationSet")
    assert configuration_set["Name"] == name
    assert configuration_set["DeliveryOptions"] == {"TlsPolicy": "REQUIRE"}
    assert synthesized.function("message_sender")["Environment"]["Variables"]["MAIL_CONFIGURATION_SET"] == name


def test_bounces_and_complaints_are_told_on_the_default_bus_and_nothing_else_is(synthesized):
    destination = one_of(synthesized, "AWS::SES::ConfigurationSetEventDestination")["EventDestination"]
    assert destination["MatchingEventTypes"] == ["bounce", "complaint"]
    assert destination["Enabled"] is True
    assert ":event-bus/default" in json.dumps(destination["EventBridgeDestination"]["EventBusArn"])


def test_texts_that_come_in_are_published_by_the_numbers_of_this_account_and_by_nobody_else(synthesized):
    topic = one_of(synthesized, "AWS::SNS::Topic", "TextsIn")
    assert "MessageKey" in json.dumps(topic["KmsMasterKeyId"])
    statements = one_of(synthesized, "AWS::SNS::TopicPolicy", "TextsIn")["PolicyDocument"]["Statement"]
    (publishing,) = (each for each in statements if each["Effect"] == "Allow")
    assert (publishing["Principal"], publishing["Action"]) == ({"Service": "sms-voice.amazonaws.com"}, "sns:Publish")
    assert publishing["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_texts_that_come_in_go_into_their_queue_as_they_are_and_where_that_fails_to_its_dead_letters(synthesized):
    (subscription,) = (s for s in synthesized.properties("AWS::SNS::Subscription").values() if s["Protocol"] == "sqs")
    assert subscription["RawMessageDelivery"] is True
    assert "TextsInQueue" in json.dumps(subscription["Endpoint"])
    assert "TextsInDeadLetters" in json.dumps(subscription["RedrivePolicy"])


def test_operators_find_the_topic_that_a_number_is_to_publish_to(synthesized):
    assert "TextsInTopicArn" in synthesized.bodies["service"]["Outputs"]
