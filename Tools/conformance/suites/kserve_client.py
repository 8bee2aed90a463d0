"""KServe's own client, in both of its protocols; the suite is empty where it is not installed."""
import asyncio
import importlib.util

from harness.checks import check, close, equal, raises

MODELS = ["mlp", "several", "words"]
ARGUMENTS = []

if importlib.util.find_spec("kserve"):
    import httpx
    from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig

    def with_client(server, protocol, ask):
        """What `ask` gives, a function of a client and the server's address."""
        async def run():
            client = InferenceRESTClient(RESTConfig(protocol=protocol, retries=0))
            try:
                return await ask(client, server.url)
            finally:
                await client.close()
        return asyncio.run(run())

    def request(server, model, is_binary):
        inputs = []
        for name, array in server.bundles.reference(model).inputs.items():
            datatype = {"f": "FP32", "U": "BYTES"}[array.dtype.kind]
            item = InferInput(name, list(array.shape), datatype)
            item.set_data_from_numpy(
                array.astype(object) if datatype == "BYTES" else array, binary_data=is_binary)
            inputs.append(item)
        return InferRequest(model_name=model, infer_inputs=inputs, request_id="7")

    @check("live, ready, and which models are")
    def health(server):
        async def ask(client, url):
            return (await client.is_server_live(url), await client.is_server_ready(url),
                    await client.is_model_ready(url, "mlp"))
        equal(with_client(server, "v2", ask), (True, True, True))

    @check("version 2: tensors in JSON and in binary")
    def version_2(server):
        for model in MODELS:
            for is_binary in (False, True):
                async def ask(client, url):
                    return await client.infer(
                        url, request(server, model, is_binary), model_name=model)
                response = with_client(server, "v2", ask)
                equal((response.model_name, response.id), (model, "7"))
                expected = server.bundles.reference(model).outputs
                for output in response.outputs:
                    found = output.as_numpy()
                    if found.dtype == object:
                        found = [text.decode() if isinstance(text, bytes) else text
                                 for text in found.ravel()]
                        equal(found, expected[output.name].ravel().tolist(), output.name)
                    else:
                        close(found, expected[output.name], output.name)

    @check("version 1: rows")
    def version_1(server):
        reference = server.bundles.reference("mlp")

        async def ask(client, url):
            return await client.infer(
                url, {"instances": reference.input.tolist()}, model_name="mlp")
        close(with_client(server, "v1", ask)["predictions"], reference.output)

    @check("errors have their statuses")
    def errors(server):
        async def ask(client, url):
            return await client.infer(url, request(server, "mlp", True), model_name="half")
        raises(httpx.HTTPStatusError, lambda: with_client(server, "v2", ask), "404")
