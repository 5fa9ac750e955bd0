#include "bridge/domain/value/secret.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <catch2/catch.hpp>
#include <memory>
#include <new>
#include <ostream>
#include <string_view>
#include <type_traits>

using bridge::domain::Secret;

namespace {

template <class T>
concept Streams = requires(std::ostream& out, const T& value) {
    out << value;
};
template <class T>
concept Compares = requires(const T& a, const T& b) {
    a == b;
}
|| requires(const T& a, const T& b) {
    a < b;
};
template <class T>
concept Joins = requires(const T& value, const std::string& text) {
    text + value;
};

}  // namespace

// That these hold is a promise of the type: a secret cannot get into a log line by being handed to a formatter.
static_assert(fmt::is_formattable<std::string>::value && !fmt::is_formattable<Secret>::value);
static_assert(Streams<std::string> && !Streams<Secret>);
static_assert(Compares<std::string> && !Compares<Secret>);
static_assert(Joins<std::string> && !Joins<Secret>);
static_assert(!std::is_convertible_v<Secret, std::string> && !std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_convertible_v<Secret, const char*> && !std::is_convertible_v<Secret, bool>);
static_assert(!std::is_convertible_v<std::string, Secret> && !std::is_convertible_v<const char*, Secret>);

TEST_CASE("a secret is there for who asks, and is copied and moved whole") {
    Secret first(std::string("a secret that is longer than a short string"));
    const Secret copy = first;
    const Secret moved = std::move(first);
    CHECK(copy.reveal() == "a secret that is longer than a short string");
    CHECK(moved.reveal() == copy.reveal());
    CHECK(Secret().empty());
    Secret other("short");
    other = copy;
    CHECK(other.reveal() == copy.reveal());
    other = Secret("new");
    CHECK(other.reveal() == "new");
}

TEST_CASE("a short secret leaves nothing in what it was moved from, or where it was") {
    // A short text lives inside the object, so the object's own bytes show what is left of it.
    const auto holds = [](const void* object, std::size_t size, std::string_view text) {
        return std::string_view(static_cast<const char*>(object), size).find(text) != std::string_view::npos;
    };
    alignas(Secret) std::byte place[sizeof(Secret)]{};
    auto* secret = new (place) Secret("hunter2hunter2");
    CHECK(holds(place, sizeof place, "hunter2hunter2"));
    const Secret taken(std::move(*secret));
    CHECK_FALSE(holds(place, sizeof place, "unter2"));
    CHECK(taken.reveal() == "hunter2hunter2");
    *secret = Secret("hunter3hunter3");
    CHECK(holds(place, sizeof place, "hunter3hunter3"));
    std::destroy_at(secret);
    CHECK_FALSE(holds(place, sizeof place, "unter3"));

    std::string text = "hunter4hunter4";
    const Secret from_text(std::move(text));
    CHECK_FALSE(holds(&text, sizeof text, "unter4"));
}
