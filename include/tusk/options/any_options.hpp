// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <typeinfo>
#include <utility>

#include "tusk/options/value_of.hpp"

namespace tusk::options {

// A struct of options whose type is not known here: a user's own. It is a value: copied, compared
// and described as the struct in it, which needs describe() and nothing else. Two are equal if they
// hold structs of one type in which describe() finds equal values.
class AnyOptions {
 public:
  AnyOptions() = default;  // no options
  template <Described Options>
  explicit AnyOptions(Options options)
      : held_(std::make_unique<Held<Options>>(std::move(options))) {}

  AnyOptions(const AnyOptions& other) : held_(other.held_ ? other.held_->copy() : nullptr) {}
  AnyOptions(AnyOptions&&) noexcept = default;
  AnyOptions& operator=(AnyOptions other) noexcept {
    held_ = std::move(other.held_);
    return *this;
  }
  ~AnyOptions() = default;

  // The struct, whose type the caller knows. Throws std::bad_cast if it is another.
  template <typename Options>
  const Options& as() const {
    if (!held_) throw std::bad_cast();
    return dynamic_cast<const Held<Options>&>(*held_).options;
  }

  friend bool operator==(const AnyOptions& a, const AnyOptions& b);

  friend void describe(Fields& fields, AnyOptions& any) {
    if (any.held_) any.held_->describe_to(fields);
  }

 private:
  struct Holder {
    virtual ~Holder() = default;
    virtual std::unique_ptr<Holder> copy() const = 0;
    virtual void describe_to(Fields& fields) = 0;
  };

  template <typename Options>
  struct Held final : Holder {
    explicit Held(Options held) : options(std::move(held)) {}
    std::unique_ptr<Holder> copy() const override { return std::make_unique<Held>(options); }
    void describe_to(Fields& fields) override { describe(fields, options); }

    Options options;
  };

  std::unique_ptr<Holder> held_;
};

}  // namespace tusk::options
