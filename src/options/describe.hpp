// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiment/experiment.hpp"
#include "tusk/options/fields.hpp"

// What may be said of an experiment: a function describe() for each struct of options, with a line
// for each option (options/fields.hpp). Its rules stand there alone: experiment files, model files
// and constructors are all held to them. A new option is a member of its struct and a line there.
namespace tusk {

// describe_callbacks.cpp
void describe(options::Fields& fields, EarlyStoppingOptions& o);
void describe(options::Fields& fields, ReduceLearningRateOptions& o);
void describe(options::Fields& fields, TargetOptions& o);
void describe(options::Fields& fields, CallbackOptions& o);

// describe_data.cpp
options::Value value_of(ByteCount& size);        // a number, or a text with a unit
options::Value value_of(FileList& files);        // a path, or a list of paths
options::Value value_of(ArrayOptions& arrays);   // a name, a list of names, or a table of names
options::Value value_of(TransformLists& lists);  // a list, or a table of lists
options::Value value_of(AugmentLists& lists);    // the same
void describe(options::Fields& fields, DataOptions& o);

// describe_transforms.cpp
void describe(options::Fields& fields, ScaleTransform& o);
void describe(options::Fields& fields, StandardTransform& o);
void describe(options::Fields& fields, MinmaxTransform& o);
void describe(options::Fields& fields, NormalizeTransform& o);
void describe(options::Fields& fields, MissingTransform& o);
void describe(options::Fields& fields, OneHotTransform& o);
void describe(options::Fields& fields, ClipTransform& o);
void describe(options::Fields& fields, LogTransform& o);
void describe(options::Fields& fields, ReshapeTransform& o);
void describe(options::Fields& fields, BinaryLabelTransform& o);
void describe(options::Fields& fields, TransformOptions& o);

// describe_augment.cpp
void describe(options::Fields& fields, RandomFlip& o);
void describe(options::Fields& fields, RandomTranslation& o);
void describe(options::Fields& fields, RandomCrop& o);
void describe(options::Fields& fields, RandomQuarterTurn& o);
void describe(options::Fields& fields, GaussianNoise& o);
void describe(options::Fields& fields, Mixup& o);
void describe(options::Fields& fields, AugmentOptions& o);

// describe_model.cpp
options::Value value_of(InitializerOptions& o);  // its name, or a table when it has options
void describe(options::Fields& fields, InitializerOptions& o);
void describe(options::Fields& fields, DenseOptions& o);
void describe(options::Fields& fields, DropoutOptions& o);
void describe(options::Fields& fields, LayerOptions& o);
void describe(options::Fields& fields, LayerEntry& o);
options::Value value_of(std::vector<InputOptions>& inputs);    // their names, or a table of shapes
options::Value value_of(std::vector<OutputOptions>& outputs);  // their names, or a table of tables
options::Value value_of(ClassWeightOptions& weights);          // a table, or "balanced"
void describe(options::Fields& fields, OutputOptions& o);
namespace options {
// A loss by its name. The choice refers to the loss, which must outlive it.
Choice choice_of(LossOptions& loss, std::vector<std::shared_ptr<const UserLossKind>> user_kinds);
// The same, where a user's loss with options is a table of its name and them.
Value value_of(LossOptions& loss,
               const std::vector<std::shared_ptr<const UserLossKind>>& user_kinds);
}  // namespace options
options::Value value_of(std::vector<ReplacedLayer>& layers);  // a table of tables by name
void describe(options::Fields& fields, ReplacedLayer& o);
void describe(options::Fields& fields, ModelOptions& o);

// describe_merges.cpp
void describe(options::Fields& fields, AddOptions& o);
void describe(options::Fields& fields, SubtractOptions& o);
void describe(options::Fields& fields, MultiplyOptions& o);
void describe(options::Fields& fields, AverageOptions& o);
void describe(options::Fields& fields, ConcatenateOptions& o);

// describe_shapes.cpp
void describe(options::Fields& fields, FlattenOptions& o);
void describe(options::Fields& fields, ReshapeOptions& o);
void describe(options::Fields& fields, PermuteOptions& o);
void describe(options::Fields& fields, RepeatVectorOptions& o);

// describe_recurrent.cpp
void describe(options::Fields& fields, EmbeddingOptions& o);
void describe(options::Fields& fields, MaskingOptions& o);
void describe(options::Fields& fields, RecurrentOptions& o);
void describe(options::Fields& fields, GruOptions& o);
void describe(options::Fields& fields, LstmOptions& o);
void describe(options::Fields& fields, InnerLayer& o);
void describe(options::Fields& fields, BidirectionalOptions& o);
void describe(options::Fields& fields, TimeDistributedOptions& o);

// describe_activations.cpp
void describe(options::Fields& fields, ActivationOptions& o);
void describe(options::Fields& fields, ReluOptions& o);
void describe(options::Fields& fields, LeakyReluOptions& o);
void describe(options::Fields& fields, PreluOptions& o);
void describe(options::Fields& fields, EluOptions& o);
void describe(options::Fields& fields, SoftmaxOptions& o);
// describe_convolution.cpp
options::Value value_of(PerAxis& numbers);  // a number, or a list of one for each axis
void describe(options::Fields& fields, Conv1dOptions& o);
void describe(options::Fields& fields, Conv2dOptions& o);
void describe(options::Fields& fields, DepthwiseConv2dOptions& o);
void describe(options::Fields& fields, Conv2dTransposeOptions& o);

// describe_pooling.cpp
options::Value value_of(EdgePadding& padding);    // a number, or a list of two
options::Value value_of(EdgePaddings& paddings);  // a number, or a list of what each axis has
void describe(options::Fields& fields, MaxPooling1dOptions& o);
void describe(options::Fields& fields, MaxPooling2dOptions& o);
void describe(options::Fields& fields, AveragePooling1dOptions& o);
void describe(options::Fields& fields, AveragePooling2dOptions& o);
void describe(options::Fields& fields, GlobalMaxPooling1dOptions& o);
void describe(options::Fields& fields, GlobalMaxPooling2dOptions& o);
void describe(options::Fields& fields, GlobalAveragePooling1dOptions& o);
void describe(options::Fields& fields, GlobalAveragePooling2dOptions& o);
void describe(options::Fields& fields, UpSampling2dOptions& o);
void describe(options::Fields& fields, ZeroPadding2dOptions& o);

// describe_normalization.cpp
options::Value value_of(AxesOptions& axes);  // a number, or a list of some
void describe(options::Fields& fields, BatchNormalizationOptions& o);
void describe(options::Fields& fields, LayerNormalizationOptions& o);
void describe(options::Fields& fields, NormalizationOptions& o);
void describe(options::Fields& fields, RescalingOptions& o);

// describe_optimizer.cpp
void describe(options::Fields& fields, ConstantSchedule& o);
void describe(options::Fields& fields, StepSchedule& o);
void describe(options::Fields& fields, ExponentialSchedule& o);
void describe(options::Fields& fields, CosineSchedule& o);
void describe(options::Fields& fields, PolynomialSchedule& o);
void describe(options::Fields& fields, ScheduleOptions& o);
void describe(options::Fields& fields, SgdOptions& o);
void describe(options::Fields& fields, AdagradOptions& o);
void describe(options::Fields& fields, RmspropOptions& o);
void describe(options::Fields& fields, AdamOptions& o);
void describe(options::Fields& fields, AdamwOptions& o);
void describe(options::Fields& fields, AdadeltaOptions& o);
void describe(options::Fields& fields, AdamaxOptions& o);
void describe(options::Fields& fields, NadamOptions& o);
void describe(options::Fields& fields, OptimizerOptions& o);

// describe_trainer.cpp
void describe(options::Fields& fields, SingleOptions& o);
void describe(options::Fields& fields, DownpourOptions& o);
void describe(options::Fields& fields, AdagOptions& o);
void describe(options::Fields& fields, ExperimentalOptions& o);
void describe(options::Fields& fields, DynsgdOptions& o);
void describe(options::Fields& fields, HogwildOptions& o);
void describe(options::Fields& fields, AsyncLocalSgdOptions& o);
void describe(options::Fields& fields, DelayedNesterovOptions& o);
void describe(options::Fields& fields, MovingRateOptions& o);
void describe(options::Fields& fields, AeasgdOptions& o);
void describe(options::Fields& fields, EamsgdOptions& o);
void describe(options::Fields& fields, EasgdOptions& o);
void describe(options::Fields& fields, AveragingOptions& o);
void describe(options::Fields& fields, DilocoOptions& o);
void describe(options::Fields& fields, SyncSgdOptions& o);
void describe(options::Fields& fields, GemOptions& o);
void describe(options::Fields& fields, EnsembleOptions& o);
void describe(options::Fields& fields, TrainerOptions& o);

// describe_relay.cpp
options::Value value_of(RelayInterval& interval);  // a number, or a text with a unit
void describe(options::Fields& fields, RelayOptions& o);

// describe_simulate.cpp
void describe(options::Fields& fields, LognormalTime& o);
void describe(options::Fields& fields, NormalTime& o);
void describe(options::Fields& fields, UniformTime& o);
void describe(options::Fields& fields, ExponentialTime& o);
void describe(options::Fields& fields, TimeDistribution& o);
void describe(options::Fields& fields, SimulateOptions& o);

// describe_experiment.cpp
void describe(options::Fields& fields, ServerOptions& o);
void describe(options::Fields& fields, CheckpointOptions& o);
void describe(options::Fields& fields, HistoryOptions& o);
void describe(options::Fields& fields, ExportOptions& o);
void describe(options::Fields& fields, SlowOptions& o);
void describe(options::Fields& fields, DebugOptions& o);
void describe(options::Fields& fields, Experiment& o);

}  // namespace tusk
