// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <filesystem>

#include "experiment/example.hpp"
#include "experiment/write_experiment.hpp"

using namespace tusk;
using experiment::to_toml;

TEST_CASE("what is written reads as the same experiment, and is written the same again") {
  const std::vector<Overrides> variants{
      {},
      {"trainer={name = \"single\", epochs = 2}"},
      {"trainer.name=downpour", "trainer.consistency=none", "trainer.keep_optimizer_state=false"},
      {"trainer={name = \"aeasgd\", communication_window = 10, alpha = 0.25}"},
      {"trainer={name = \"easgd\", rho = 2.5}"},
      {"trainer={name = \"dynsgd\", overlap = true}"},
      {"trainer={name = \"hogwild\"}"},
      {"trainer={name = \"averaging\", communication_window = 3}"},
      {"trainer={name = \"diloco\", outer_learning_rate = 1.2, nesterov = false}"},
      {"trainer={name = \"async_local_sgd\", overlap = true, outer_learning_rate = 2.5}"},
      {"trainer={name = \"async_local_sgd\"}"},
      {"trainer={name = \"delayed_nesterov\", outer_momentum = 0.5, delay = 7}"},
      {"trainer={name = \"sync_sgd\"}"},
      {"trainer={name = \"gem\", kappa = 2, momentum = 0.5}"},
      {"server.transport=rma", "server.shards=3", "data.read=collective", "data.shuffle=false"},
      {"data.validation_split=0", "data.validation=/v.h5", "data.test=/t.h5"},
      {"data.validation_split=0", "data.fold=2/5", "data.validation_group=event/EventId"},
      {"data.stratify=true"},
      {"data.train=[\"/a.h5\", \"/part-*.h5\"]", "data.test=[\"/t.h5\"]", "data.repeat=3"},
      {"data.memory_limit=4 GiB"},
      {"data.memory_limit=1234567890123"},
      {"model={file = \"/m.h5\", loss = \"huber\", huber_delta = 0.3}"},
      {"model={file = \"/m.json\", weights = \"/w.h5\", loss = \"mse\"}"},
      {"output.formats=[\"h5\", \"keras\", \"onnx\", \"safetensors\"]"},
      {"model={file = \"/m.keras\", layers = [{type = \"dense\", units = 3}], replace = {head = "
       "{type = \"dense\", units = 5, trainable = false}}, loss = \"mse\"}"},
      {"model.weights=\"/w.weights.h5\""},
      {"model.label_smoothing=0.1", "model.from_logits=true"},
      {"model.outputs={a = {loss = \"binary_crossentropy\", label_smoothing = 0.2, from_logits = "
       "true}, b = {metrics = []}}"},
      {"model.layers.0={type = \"activation\", activation = \"elu\"}", "model.loss=mae"},
      {"model.layers.0.kernel_initializer={type = \"random_uniform\", minval = -1, maxval = 1}",
       "model.layers.2.bias_initializer={type = \"constant\", value = 0.1}"},
      {"model.layers=[{type=\"dense\",units=6},{type=\"reshape\",target_shape=[2,-1,3]},"
       "{type=\"permute\",dims=[3,1,2]},{type=\"relu\"},{type=\"relu\",max_value=6,"
       "negative_slope=0.1,threshold=0.5},{type=\"leaky_relu\"},{type=\"elu\",alpha=0.5},"
       "{type=\"prelu\",alpha_initializer=\"ones\",shared_axes=[1]},{type=\"softmax\",axis=-2},"
       "{type=\"repeat_vector\",n=3},{type=\"activation\",activation=\"gelu\"}]"},
      {"model.layers=[{type=\"embedding\",input_dim=9,output_dim=4,mask_zero=true},"
       "{type=\"masking\",mask_value=-1},{type=\"gru\",units=3,reset_after=false,"
       "return_sequences=true,go_backwards=true},{type=\"lstm\",units=4,return_sequences=true,"
       "activation=\"relu\",recurrent_activation=\"hard_sigmoid\",unit_forget_bias=false,"
       "recurrent_initializer=\"glorot_normal\"},{type=\"bidirectional\",merge_mode=\"mul\","
       "layer={type=\"lstm\",units=2,return_sequences=true}},{type=\"time_distributed\","
       "layer={type=\"dense\",units=2,activation=\"gelu\"}},{type=\"bidirectional\","
       "layer={type=\"gru\",units=2}}]"},
      {"model.layers.0.use_bias=false", "model.metrics=[]", "data.transforms=[]"},
      {"data.sample_weight=event/weight", "model.weighted_metrics=[\"accuracy\", \"mae\"]"},
      {"model.class_weight={signal = 50.0, 0 = 0.5, \"two words\" = 1}"},
      {"model.class_weight=balanced"},
      {"data.features=[\"events/jets\", \"event\"]", "data.label=[\"kind\", \"mass\"]",
       "data.sample_weight={kind = \"w\"}",
       "data.transforms={\"two words\" = [], jets = "
       "[{type=\"standard\"},{type=\"clip\",high=3}]}"},
      {"data.label_transforms=[{type=\"log\"},{type=\"standard\",columns=[0]}]"},
      {"data.augment=[{type=\"random_flip\",mode=\"vertical\"},{type=\"random_quarter_turn\"},"
       "{type=\"random_crop\",padding=4},{type=\"gaussian_noise\",stddev=0.5},"
       "{type=\"random_translation\",height_factor=0.1,width_factor=0,fill_mode=\"wrap\"}]"},
      {"data.augment={jets = [{type=\"mixup\",alpha=1.5}], other = []}"},
      {"data.label_transforms={mass = [{type=\"minmax\"}], other = []}"},
      {"data.features={jets = \"events/jets\", \"a key\" = \"b\"}", "data.label={kind = \"k\"}",
       "model.outputs={kind = {class_weight = {1 = 2.5}}, b = {class_weight = \"balanced\"}}"},
      {"model.inputs=[\"jets\"]", "model.layers.0.inputs=[\"jets\"]", "model.frozen=[\"conv*\"]"},
      {"model.inputs={jets = [16, 3], \"a key\" = [8]}", "model.outputs=[\"dense_1\"]",
       "model.layers.1={use = \"dense\", name = \"again\", inputs = [\"a key\"]}"},
      {"model.outputs={top = {loss = \"mse\", loss_weight = 0.5}, b = {metrics = []}, a = {loss = "
       "\"huber\", huber_delta = 2}}",
       "model.layers.0.name=top", "model.layers.0.trainable=false"},
      {"data.transforms=[{type=\"standard\"},{type=\"minmax\",low=-1,columns=[0,\"pt\",7]},"
       "{type=\"normalize\",p=\"inf\"},{type=\"normalize\",p=1},{type=\"missing\",value=nan,"
       "fill=\"median\"},{type=\"missing\",value=-999,fill=0,columns=[\"mass\"]}]"},
      {"data.transforms=[{type=\"one_hot\",column=\"kind\"},{type=\"one_hot\",column=2,"
       "unknown=\"zeros\"},{type=\"clip\",high=3},{type=\"clip\",low=-1,high=0.5},"
       "{type=\"log\",offset=0.1},{type=\"reshape\",shape=[2,3]},"
       "{type=\"binary_label\",positive=\"s\"},{type=\"binary_label\",positive=1}]"},
      {"name=\"quote \\\" backslash \\\\ ü\"", "data.train=/dir/a\"b\\\\c.h5"},
      {"optimizer={name = \"sgd\", momentum = 0.5, nesterov = true, clipvalue = 1e-30}"},
      {"optimizer={name = \"adagrad\", learning_rate = 0.1, global_clipnorm = 3}"},
      {"optimizer={name = \"rmsprop\", centered = true, clipnorm = 1e300}"},
      {"optimizer={name = \"adam\", amsgrad = true, epsilon = 1e-8}"},
      {"optimizer={name = \"adamw\", weight_decay = 0}"},
      {"optimizer.name=adadelta", "optimizer={name = \"adadelta\", rho = 0.3333333333333333}"},
      {"optimizer={name = \"adamax\", beta_1 = 0.7}"},
      {"optimizer={name = \"nadam\", learning_rate = 12345678901234567890.0}"},
      {"simulate.step_time=0.25", "simulate.latency=0", "simulate.bandwidth=1e9"},
      {"simulate.step_time=[0.5, 1, 0.25]"},
      {"simulate.step_time={type = \"lognormal\", mean = 0.5, sigma = 0.1}"},
      {"simulate.step_time={type = \"normal\", stddev = 0.1}"},
      {"simulate.step_time={type = \"uniform\", minval = 0.5, maxval = 0.75}"},
      {"simulate.step_time={type = \"exponential\"}"},
      {"simulate.worker_factor={type = \"lognormal\", mean = 1.0, sigma = 0.2}",
       "simulate.stagger=true", "simulate.memory_bandwidth=3e11", "simulate.exchanges_at_once=30",
       "simulate.step_memory=2e7", "simulate.network_latency=1e-4",
       "simulate.network_bandwidth=1.25e10"},
      {"server={topology = \"tree\", ranks_per_node = 33}"},
      {"server.topology=tree", "relay={name = \"diloco\", every = 2.5, merge = 0.25}"},
      {"server.topology=tree", "relay={name = \"averaging\", every = \"2s\"}"},
      {"server.topology=tree", "relay={name = \"aeasgd\", alpha = 0.4}"},
      {"seed=9223372036854775807"},
  };
  for (const Overrides& overrides : variants) {
    const Experiment e = read(example, overrides);
    const std::string text = to_toml(e);
    CAPTURE(text);
    CHECK(read(text) == e);
    CHECK(to_toml(read(text)) == text);
  }
}

TEST_CASE("inputs and outputs keep their order, and what is said of each") {
  const Experiment e = read(
      example, {"model.inputs={jets = [16, 3], event = [8]}",
                "model.outputs={top = {loss = \"mae\"}, bottom = {metrics = [\"mse\"]}, c = {}}"});
  CHECK(e.model.inputs == std::vector<InputOptions>{{"jets", {16, 3}}, {"event", {8}}});
  REQUIRE(e.model.outputs.size() == 3);
  CHECK(e.model.outputs[0] == OutputOptions{.name = "top", .loss = LossKind::mae});
  CHECK(e.model.outputs[1].name == "bottom");
  CHECK(e.model.outputs[1].metrics == std::vector{MetricKind::mse});
  CHECK(e.model.outputs[2] == OutputOptions{.name = "c"});
  CHECK(read(example, {"model.outputs.top.loss_weight=2"}).model.outputs.at(0) ==
        OutputOptions{.name = "top", .loss_weight = 2.0});
}

TEST_CASE("arrays by order and by name, and transforms by input") {
  const Experiment e =
      read(example, {"data.features={jets = \"events/jets\", event = \"e\"}", "data.label=[\"a\"]",
                     "data.transforms={jets = [{type = \"standard\"}], event = []}"});
  CHECK(e.data.features.owners == std::vector<std::string>{"jets", "event"});
  CHECK(e.data.features.datasets == std::vector<std::string>{"events/jets", "e"});
  CHECK(e.data.label == "a");
  CHECK(e.data.transforms.empty());
  REQUIRE(e.data.transforms.by_input.size() == 2);
  CHECK(e.data.transforms.by_input[0].input == "jets");
  CHECK(e.data.transforms.by_input[0].steps.size() == 1);
  CHECK(e.data.transforms.by_input[1].steps.empty());
  CHECK_FALSE(e.data.transforms.none());
}

TEST_CASE("a layer that is called again and one that is not to be trained") {
  const Experiment e = read(example, {"model.layers.1={use = \"dense\", inputs = [\"a\", \"b\"]}",
                                      "model.layers.0.trainable=false"});
  CHECK(e.model.layers[1].use == "dense");
  CHECK(e.model.layers[1].inputs == std::vector<std::string>{"a", "b"});
  CHECK_FALSE(e.model.layers[0].trainable);
  CHECK(e.model.layers[2] == LayerEntry(std::get<DenseOptions>(e.model.layers[2])));
}

TEST_CASE("defaults and overrides are written out, paths absolute") {
  const std::string text =
      to_toml(read(smallest, {"data.train=dir/../train.h5", "optimizer.name=adam"}));
  const auto contains = [&](const std::string& line) {
    return text.find(line + "\n") != std::string::npos;
  };
  CAPTURE(text);
  CHECK(contains("train = \"" + (std::filesystem::current_path() / "train.h5").string() + "\""));
  CHECK(contains("features = \"features\""));
  CHECK(contains("learning_rate = 0.001"));
  CHECK(contains("epsilon = 1e-07"));
  CHECK(contains("batch_size = 32"));
  CHECK(contains("[server]\ntransport = \"auto\""));
  CHECK_FALSE(contains("validation"));
}

TEST_CASE("experiments differ if one option does") {
  CHECK(read(example) == read(example));
  CHECK_FALSE(read(example) == read(example, {"model.layers.0.units=501"}));
  CHECK_FALSE(read(example) == read(example, {"optimizer.nesterov=true"}));
}
