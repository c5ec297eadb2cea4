"""An agent that plans trips with tools."""

import pytest


@pytest.mark.parametrize("model", ["openai/gpt-4o"], ids="txt={}".format)
class TestTripAgent:
    def test_forecast_then_pack(self, client, model):
        question = [{"role": "user", "content": "What do I pack for Bergen on Saturday?"}]
        first = client.chat(model, question, stream=True)
        (call,) = first.tool_calls
        forecast = {"role": "tool", "tool_call_id": call.id, "content": "11 C, heavy rain until noon"}
        second = client.chat(model, [*question, first.message, forecast], stream=True)
        assert "rain" in second.text


@pytest.mark.parametrize("model", ["openai/gpt-4o"], ids="txt={}".format)
@pytest.mark.parametrize("caller", ["client"])
def test_saved_plan(client, caller, model):
    answer = client.chat(model, [{"role": "user", "content": "Save my weekend in Ghent."}], caller=caller)
    assert "plan_" in answer.text
