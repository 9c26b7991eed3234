/* SPDX-License-Identifier: MIT */
/* The zones of the positions on standard input by the polygons of npm geo-tz:
 * node zones.js NODE_MODULES < positions */
const path = require("path");
const {find} = require(path.resolve(process.argv[2], "geo-tz"));
for (const line of require("fs").readFileSync(0, "utf8").split("\n")) {
    const [latitude, longitude] = line.split(" ").map(Number);
    if (line)
        console.log(find(latitude, longitude).join(","));
}
