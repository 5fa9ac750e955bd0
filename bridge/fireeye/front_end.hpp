// The two front ends: a body in, a tree of the fields that matter out.
#pragma once

#include <string_view>

#include <tl/expected.hpp>

#include "bridge/fireeye/field_tree.hpp"
#include "bridge/fireeye/syntax_error.hpp"

namespace bridge::fireeye {

/// Shape    a body without byte order mark; the tree holds views into it
/// Errors   not well-formed; a DTD or an entity that only a DTD could declare; nested or sized beyond the tree's bounds
/// Leniency raw control characters, invalid UTF-8 and a bare '&' are taken as text: the texts are an attacker's, and an
///          alert must not be lost for them. Below skipped elements only nesting is checked.
tl::expected<FieldTree, SyntaxError> read_xml(std::string_view body);

/// As read_xml. A body that does not parse gets a second try with raw control characters in strings and unknown
/// escapes read as what they stand for, and a comma before a closing bracket passed over; the error reported is then
/// still the first one.
tl::expected<FieldTree, SyntaxError> read_json(std::string_view body);

}  // namespace bridge::fireeye
