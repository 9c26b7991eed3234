/* SPDX-License-Identifier: MIT */
/* Cities by the names on their own signs. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#include "plan/places/gazetteer.h"

static const struct {
    const char *name, *city, *country_code;
} rows[] = {
    {"東京", "Tokyo", "JP"},
    {"大阪", "Osaka", "JP"},
    {"京都", "Kyoto", "JP"},
    {"名古屋", "Nagoya", "JP"},
    {"札幌", "Sapporo", "JP"},
    {"福岡", "Fukuoka", "JP"},
    {"広島", "Hiroshima", "JP"},
    {"横浜", "Yokohama", "JP"},
    {"神戸", "Kobe", "JP"},
    {"仙台", "Sendai", "JP"},
    {"那覇", "Naha", "JP"},
    {"北京", "Beijing", "CN"},
    {"上海", "Shanghai", "CN"},
    {"广州", "Guangzhou", "CN"},
    {"深圳", "Shenzhen", "CN"},
    {"成都", "Chengdu", "CN"},
    {"西安", "Xi’an", "CN"},
    {"重庆", "Chongqing", "CN"},
    {"武汉", "Wuhan", "CN"},
    {"杭州", "Hangzhou", "CN"},
    {"南京", "Nanjing", "CN"},
    {"天津", "Tianjin", "CN"},
    {"哈尔滨", "Harbin", "CN"},
    {"臺北", "Taipei", "TW"},
    {"高雄", "Kaohsiung", "TW"},
    {"香港", "Hong Kong", "HK"},
    {"서울", "Seoul", "KR"},
    {"부산", "Busan", "KR"},
    {"대구", "Daegu", "KR"},
    {"인천", "Incheon", "KR"},
    {"평양", "Pyongyang", "KP"},
    {"Москва", "Moscow", "RU"},
    {"Санкт-Петербург", "Saint Petersburg", "RU"},
    {"Новосибирск", "Novosibirsk", "RU"},
    {"Екатеринбург", "Yekaterinburg", "RU"},
    {"Казань", "Kazan", "RU"},
    {"Владивосток", "Vladivostok", "RU"},
    {"Сочи", "Sochi", "RU"},
    {"Иркутск", "Irkutsk", "RU"},
    {"Мурманск", "Murmansk", "RU"},
    {"Київ", "Kyiv", "UA"},
    {"Львів", "Lviv", "UA"},
    {"Одеса", "Odesa", "UA"},
    {"Харків", "Kharkiv", "UA"},
    {"Мінск", "Minsk", "BY"},
    {"София", "Sofia", "BG"},
    {"Пловдив", "Plovdiv", "BG"},
    {"Варна", "Varna", "BG"},
    {"Београд", "Belgrade", "RS"},
    {"Скопје", "Skopje", "MK"},
    {"Алматы", "Almaty", "KZ"},
    {"Астана", "Astana", "KZ"},
    {"Бишкек", "Bishkek", "KG"},
    {"Улаанбаатар", "Ulaanbaatar", "MN"},
    {"Душанбе", "Dushanbe", "TJ"},
    {"Αθήνα", "Athens", "GR"},
    {"Θεσσαλονίκη", "Thessaloniki", "GR"},
    {"Πάτρα", "Patras", "GR"},
    {"Λευκωσία", "Nicosia", "CY"},
    {"ירושלים", "Jerusalem", "IL"},
    {"תל אביב", "Tel Aviv", "IL"},
    {"חיפה", "Haifa", "IL"},
    {"القاهرة", "Cairo", "EG"},
    {"الإسكندرية", "Alexandria", "EG"},
    {"الرياض", "Riyadh", "SA"},
    {"جدة", "Jeddah", "SA"},
    {"دبي", "Dubai", "AE"},
    {"بغداد", "Baghdad", "IQ"},
    {"دمشق", "Damascus", "SY"},
    {"بيروت", "Beirut", "LB"},
    {"عمان", "Amman", "JO"},
    {"الدوحة", "Doha", "QA"},
    {"الدار البيضاء", "Casablanca", "MA"},
    {"مراكش", "Marrakesh", "MA"},
    {"تونس", "Tunis", "TN"},
    {"الجزائر", "Algiers", "DZ"},
    {"صنعاء", "Sanaa", "YE"},
    {"مسقط", "Muscat", "OM"},
    {"تهران", "Tehran", "IR"},
    {"اصفهان", "Isfahan", "IR"},
    {"شیراز", "Shiraz", "IR"},
    {"مشهد", "Mashhad", "IR"},
    {"کراچی", "Karachi", "PK"},
    {"لاہور", "Lahore", "PK"},
    {"کابل", "Kabul", "AF"},
    {"दिल्ली", "Delhi", "IN"},
    {"मुंबई", "Mumbai", "IN"},
    {"जयपुर", "Jaipur", "IN"},
    {"वाराणसी", "Varanasi", "IN"},
    {"काठमाडौं", "Kathmandu", "NP"},
    {"ঢাকা", "Dhaka", "BD"},
    {"กรุงเทพมหานคร", "Bangkok", "TH"},
    {"เชียงใหม่", "Chiang Mai", "TH"},
    {"พัทยา", "Pattaya", "TH"},
    {"ရန်ကုန်", "Yangon", "MM"},
    {"ភ្នំពេញ", "Phnom Penh", "KH"},
    {"ວຽງຈັນ", "Vientiane", "LA"},
    {"Երևան", "Yerevan", "AM"},
    {"თბილისი", "Tbilisi", "GE"},
    {"ბათუმი", "Batumi", "GE"},
    {"አዲስ አበባ", "Addis Ababa", "ET"},
    {"München", "Munich", "DE"},
    {"Köln", "Cologne", "DE"},
    {"Wien", "Vienna", "AT"},
    {"Zürich", "Zurich", "CH"},
    {"Genève", "Geneva", "CH"},
    {"København", "Copenhagen", "DK"},
    {"Göteborg", "Gothenburg", "SE"},
    {"Kraków", "Kraków", "PL"},
    {"Łódź", "Łódź", "PL"},
    {"Praha", "Prague", "CZ"},
    {"București", "Bucharest", "RO"},
    {"İstanbul", "Istanbul", "TR"},
    {"Đà Nẵng", "Da Nang", "VN"},
    {"Hà Nội", "Hanoi", "VN"},
    {"São Paulo", "São Paulo", "BR"},
    {"Bogotá", "Bogotá", "CO"},
    {"Ciudad de México", "Mexico City", "MX"},
    {"La Habana", "Havana", "CU"},
    {"Lisboa", "Lisbon", "PT"},
    {"Roma", "Rome", "IT"},
    {"Firenze", "Florence", "IT"},
    {"Venezia", "Venice", "IT"},
    {"Warszawa", "Warsaw", "PL"},
    {"Bruxelles", "Brussels", "BE"},
    {"Sevilla", "Seville", "ES"},
    {"Reykjavík", "Reykjavik", "IS"},
    {"Tromsø", "Tromsø", "NO"},
};

static void cities_by_their_own_names(void **state)
{
    (void)state;
    assert_true(sizeof rows / sizeof *rows >= 100);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct gls_place place = {0};
        struct gls_place_candidates candidates;
        struct gls_error error = GLS_ERROR_INIT;
        if (!gls_gazetteer_find(&place, &candidates, rows[i].name, true, &error))
            fail_msg("%s: %s", rows[i].name, error.message);
        if (strcmp(place.city, rows[i].city) != 0 ||
            strcmp(place.country_code, rows[i].country_code) != 0)
            fail_msg("%s: %s, %s", rows[i].name, place.city, place.country_code);
        free(candidates.places);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cities_by_their_own_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
