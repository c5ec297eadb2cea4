"""Tools of the travel desk."""

import pytest


@pytest.mark.parametrize("model", ["openai/gpt-4o"], ids="txt={}".format)
def test_searches_the_web(client, model):
    answer = client.respond(model, "A day trip from Lisbon?", tools=[{"type": "web_search"}])
    assert "Sintra" in answer.text


class TestDepartureBoard:
    def test_reads_the_board(self, client):
        result = client.tools.invoke("get_departure", flight="TP 1234")
        assert result.content[0].text == "Gate B12"

    def test_unknown_flight(self, client):
        result = client.tools.invoke("get_departure", flight="XX 0000")
        assert result.error_code == 404
