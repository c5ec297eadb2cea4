"""Calls through Ollama's own client."""

import pytest


@pytest.mark.parametrize("activity", ["walk"])
def test_guard(ollama_client, activity):
    answer = ollama_client.generate("llama-guard3:1b", f"Is this safe: a {activity} on the pier?", raw=True)
    assert answer.response == "safe"


@pytest.mark.parametrize("model", ["ollama/gpt-oss:20b"], ids="txt={}".format)
def test_river(ollama_client, model):
    chunks = ollama_client.generate(model, "Name a river in Hungary.", stream=True)
    assert "".join(chunk.response for chunk in chunks)


class TestNativeChat:
    @pytest.mark.parametrize("model", ["ollama/gpt-oss:20b"], ids="txt={}".format)
    def test_umbrella(self, ollama_client, model):
        chunks = list(ollama_client.chat(model, "Umbrella in Cork today?", think=True, stream=True))
        assert chunks[0].message.thinking
        assert chunks[-1].done

    @pytest.mark.parametrize("model", ["ollama/llama3.2:3b"], ids="txt={}".format)
    def test_weather_tool(self, ollama_client, model, weather_tool):
        first, *_ = ollama_client.chat(model, "Weather in Cork?", tools=[weather_tool], stream=True)
        assert first.message.tool_calls[0].function.name == "get_weather"

    @pytest.mark.parametrize("model", ["ollama/llama3.2:3b"], ids="txt={}".format)
    def test_beach(self, ollama_client, model):
        assert ollama_client.chat(model, "One beach near Cork?").message.content
