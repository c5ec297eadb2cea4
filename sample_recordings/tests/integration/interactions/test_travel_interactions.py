"""Travel questions through Gemini's Interactions."""

import pytest

gemini = pytest.mark.parametrize("model", ["gemini/gemini-2.5-flash-lite"], ids="txt={}".format)


@gemini
def test_streamed_tip(http_client, model):
    events = http_client.interactions(model, "One tip for Utrecht?", stream=True)
    assert events[-1] == "done"


@gemini
def test_asks_for_weather(http_client, model, weather_tool):
    answer = http_client.interactions(model, "Weather in Utrecht?", tools=[weather_tool])
    assert answer["status"] == "requires_action"


@gemini
def test_streamed_weather(http_client, model, weather_tool):
    events = http_client.interactions(model, "Weather in Gent?", tools=[weather_tool], stream=True)
    assert events[-1] == "done"
