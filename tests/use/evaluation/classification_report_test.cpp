// SPDX-License-Identifier: Apache-2.0
#include "use/evaluation/classification_report.hpp"

#include <doctest/doctest.h>

namespace tusk::evaluation {

TEST_CASE("precision, recall and F1 are those of the textbook") {
  ConfusionMatrix confusion(2);  // of class 1: 6 found, 2 missed, 1 false alarm
  for (int i = 0; i < 11; ++i) confusion.add(0, 0);
  for (int i = 0; i < 6; ++i) confusion.add(1, 1);
  for (int i = 0; i < 2; ++i) confusion.add(1, 0);
  confusion.add(0, 1);
  const ClassificationReport report = make_report(confusion);
  CHECK(report.accuracy == doctest::Approx(17.0 / 20.0));
  const ClassScores& positive = report.classes[1];
  CHECK(positive.precision == doctest::Approx(6.0 / 7.0));
  CHECK(positive.recall == doctest::Approx(6.0 / 8.0));
  CHECK(positive.f1 == doctest::Approx(2.0 * 6.0 / 15.0));
  CHECK(positive.support == 8);
  CHECK(report.macro.f1 == doctest::Approx((report.classes[0].f1 + positive.f1) / 2.0));
  CHECK(report.weighted.recall == doctest::Approx(report.accuracy));  // always
  CHECK(report.weighted.support == 20);
}

TEST_CASE("what is never predicted or never there is 0, and what is neither counts in no mean") {
  ConfusionMatrix confusion(4);
  confusion.add(0, 0);
  confusion.add(1, 0);  // class 1 is there, but never predicted
  confusion.add(0, 2);  // class 2 is predicted, but never there; class 3 is neither
  const ClassificationReport report = make_report(confusion);
  CHECK(report.classes[1].precision == 0.0);
  CHECK(report.classes[2].recall == 0.0);
  CHECK(report.classes[3].f1 == 0.0);
  CHECK(report.macro.precision == doctest::Approx(0.5 / 3.0));
  CHECK(report.weighted.precision == doctest::Approx(2.0 * 0.5 / 3.0));
}

TEST_CASE("weights are added up precisely, and classes occur whose weights cancel") {
  ConfusionMatrix confusion(3, true);
  confusion.add(0, 0, 1e16);
  confusion.add(0, 0, 1.0);
  confusion.add(0, 0, -1e16);
  confusion.add(0, 1, 3.0);
  confusion.add(1, 1, -0.5);
  confusion.add(2, 0, 1.0);
  confusion.add(2, 0, -1.0);
  CHECK(confusion.weight(0, 0).value() == 1.0);
  CHECK(confusion.count(0, 0) == 3);
  const ClassificationReport report = make_report(confusion);
  CHECK(report.accuracy == doctest::Approx(0.5 / 3.5));
  CHECK(report.classes[0].recall == doctest::Approx(0.25));
  CHECK(report.classes[0].precision == 1.0);
  CHECK(report.classes[1].precision == doctest::Approx(-0.5 / 2.5));
  CHECK(report.classes[1].support == 1);
  CHECK(report.classes[1].weight == -0.5);
  CHECK(report.classes[2].recall == 0.0);
  CHECK(report.macro.recall == doctest::Approx((0.25 + 1.0 + 0.0) / 3.0));
  CHECK(report.weighted.weight == 3.5);
  CHECK(report.weighted.recall == doctest::Approx((4.0 * 0.25 - 0.5 * 1.0) / 3.5));
}

TEST_CASE("no samples at all are no division by zero") {
  const ClassificationReport report = make_report(ConfusionMatrix(2));
  CHECK(report.accuracy == 0.0);
  CHECK(report.macro.f1 == 0.0);
  CHECK(report.weighted.f1 == 0.0);
}

}  // namespace tusk::evaluation
