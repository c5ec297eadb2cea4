"""Responses from Gemini through Vertex."""

import pytest


@pytest.mark.parametrize("model", ["vertexai/publishers/google/models/gemini-2.5-flash"], ids="txt={}".format)
class TestGeminiTravel:
    def test_best_season(self, client, model):
        answer = client.respond(model, "When is Tromso at its best?", thoughts=True, stream=True)
        assert "February" in answer.text

    @pytest.mark.parametrize("caller", ["client"])
    def test_asks_the_tool(self, client, caller, model, weather_tool):
        answer = client.respond(model, "Weather in Bodo?", tools=[weather_tool], caller=caller)
        assert answer.tool_calls[0].name == "get_weather"
