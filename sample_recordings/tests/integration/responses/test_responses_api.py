"""The Responses API itself, recorded by hand."""

import pytest


@pytest.mark.parametrize("model", ["openai/gpt-4o-mini"], ids="txt={}".format)
def test_handmade_plain_response(openai_client, model):
    response = openai_client.responses.create(model=model, input="Which currency has Denmark?")
    assert "krone" in response.output_text


@pytest.mark.parametrize("model", ["openai/gpt-4o-mini"], ids="txt={}".format)
def test_handmade_responses_stream(openai_client, model, forecast_tool):
    events = openai_client.responses.create(
        model=model, input="Weather in Faro?", tools=[forecast_tool], stream=True
    )
    assert [event.type for event in events][-1] == "response.completed"
