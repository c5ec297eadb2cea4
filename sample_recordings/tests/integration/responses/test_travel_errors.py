"""What a traveller sees when the provider fails."""

import pytest


@pytest.mark.parametrize("model", ["openai/gpt-4o"], ids="txt={}".format)
class TestTravelErrors:
    def test_empty_picture(self, client, model):
        with pytest.raises(ValueError, match="Invalid image"):
            client.respond(model, "Where is this?", picture=b"")

    def test_stream_breaks_off(self, client, model):
        answer = client.respond(model, "How do I get from Paris to Nice?", stream=True)
        assert answer.status == "failed"
