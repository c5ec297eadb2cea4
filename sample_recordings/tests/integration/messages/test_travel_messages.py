"""Travel questions through Anthropic's Messages API."""

import pytest


@pytest.mark.parametrize("model", ["anthropic/claude-sonnet-4-20250514"], ids="txt={}".format)
class TestTravelMessages:
    def test_streamed_train_search(self, http_client, model, train_tool):
        events = http_client.messages(
            model, "Find a train from Turin to Lyon.", tools=[train_tool], stream=True
        )
        assert events[-1]["type"] == "message_stop"

    def test_road_side(self, http_client, model):
        answer = http_client.messages(model, "Which side of the road in Malta?", max_tokens=64)
        assert "left" in answer["content"][0]["text"]


@pytest.mark.parametrize("model", ["ollama/gpt-oss:20b"], ids="txt={}".format)
def test_local_train_search(http_client, model, train_tool):
    answer = http_client.messages(model, "Find a train from Brno to Linz.", tools=[train_tool])
    assert answer["stop_reason"] == "tool_use"


@pytest.mark.parametrize("model", ["anthropic/claude-2.1"], ids="txt={}".format)
def test_old_completion(http_client, model):
    events = http_client.complete(model, "Best month for Oslo?", stream=True)
    assert events[-1]["stop_reason"] == "stop_sequence"


@pytest.mark.parametrize("model", ["bedrock/amazon.nova-lite-v1:0"], ids="txt={}".format)
def test_converse_train_search(http_client, model, train_tool):
    answer = http_client.converse(model, "Find a train from Bari to Lecce.", tools=[train_tool])
    assert answer["stopReason"] == "tool_use"
