"""Travel questions answered in one piece."""

import json

import pytest

SIGHTS = {"sight_01": "What is the Alfama?"}


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("model", ["openai/gpt-4o-mini"], ids="txt={}".format)
@pytest.mark.parametrize("caller", ["client"])
def test_short_answer(client, caller, model, sight):
    answer = client.chat(model, SIGHTS[sight], caller=caller)
    assert answer.text.count(".") == 1


@pytest.mark.parametrize("model", ["ollama/llama3.2:3b"], ids="txt={}".format)
def test_coordinates(client, model):
    answer = client.chat(model, "Which city lies at 48.856614, 2.3522219?", top_p=0.9)
    assert "Paris" in answer.text


@pytest.mark.parametrize("model", ["openai/gpt-4o"], ids="txt={}".format)
class TestPictures:
    def test_flag_colours(self, client, model, flag_picture):
        answer = client.chat(model, "Which two colours has this flag?", picture=flag_picture)
        assert "orange" in answer.text


@pytest.mark.parametrize("model", ["ollama/llama3.2:3b"], ids="txt={}".format)
def test_two_cities_at_once(client, model, weather_tool):
    answer = client.chat(model, "Is it raining in Bergen or in Oslo?", tools=[weather_tool])
    assert len(answer.tool_calls) == 2


@pytest.mark.parametrize("model", ["openai/gpt-4o-mini"], ids="txt={}".format)
@pytest.mark.parametrize("caller", ["client"])
def test_trip_as_json(client, caller, model, trip_schema):
    answer = client.chat(model, "Three days in Ghent, as JSON.", schema=trip_schema, caller=caller)
    assert json.loads(answer.text)["days"] == 3
